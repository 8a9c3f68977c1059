package conformance;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Runs cases in the order in which they were added, and prints one line of JSON for the outcome of each. */
final class Cases {
    static final String ENDPOINT = System.getenv("DS3_ENDPOINT");
    static final String ACCESS_KEY = System.getenv("DS3_ACCESS_KEY");
    static final String SECRET_KEY = System.getenv("DS3_SECRET_KEY");
    static final int MEBIBYTE = 1 << 20;

    /** Names that are hard to encode and to sign. */
    static final List<String> ODD_NAMES = List.of(
            "a b", "a+b", "a%20b", "a%2Fb", "a&b=c;d,e", "a?b#c", "a'b(c)!*~", "a:b@c$d", "a{b}[c]^`|\\",
            "double//slash", "Grüße/日本語.txt", "emoji 🎬.mov");

    private final Map<String, Case> cases = new LinkedHashMap<>();

    interface Case {
        void run() throws Exception;
    }

    void add(String name, Case work) {
        cases.put(name, work);
    }

    void run() {
        cases.forEach((name, work) -> {
            try {
                work.run();
                System.out.printf("{\"test\":%s,\"result\":\"passed\"}%n", quoted(name));
            } catch (Exception | AssertionError error) {
                StringWriter trace = new StringWriter();
                error.printStackTrace(new PrintWriter(trace));
                String detail = trace.toString().lines().limit(8).reduce("", (text, line) -> text + line + "\n");
                System.out.printf("{\"test\":%s,\"result\":\"failed\",\"detail\":%s}%n", quoted(name), quoted(detail));
            }
        });
    }

    static void equal(String what, Object got, Object want) {
        if (!Objects.equals(got, want)) throw new AssertionError(what + ": got " + got + ", want " + want);
    }

    static byte[] random(int size) {
        byte[] data = new byte[size];
        new Random().nextBytes(data);
        return data;
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.chars().forEach(character -> {
            if (character == '"' || character == '\\') json.append('\\').append((char) character);
            else if (character < ' ') json.append(String.format("\\u%04x", character));
            else json.append((char) character);
        });
        return json.append('"').toString();
    }
}

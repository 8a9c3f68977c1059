package parsers;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.dataformat.xml.XmlMapper;
import com.fasterxml.jackson.dataformat.xml.annotation.JacksonXmlElementWrapper;
import com.fasterxml.jackson.dataformat.xml.annotation.JacksonXmlProperty;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Reads a MasterObjectList with Jackson into typed objects: see parser.ts for what it is asked and answers. */
public final class ReadList {
  public static final class MasterObjectList {
    @JsonProperty("Aggregating") public boolean aggregating;
    @JsonProperty("BucketName") public String bucketName;
    @JsonProperty("CachedSizeInBytes") public long cachedSizeInBytes;
    @JsonProperty("ChunkClientProcessingOrderGuarantee") public String chunkClientProcessingOrderGuarantee;
    @JsonProperty("CompletedSizeInBytes") public long completedSizeInBytes;
    @JsonProperty("EntirelyInCache") public Boolean entirelyInCache;
    @JsonProperty("JobId") public UUID jobId;
    @JsonProperty("Naked") public boolean naked;
    @JsonProperty("Name") public String name;
    @JsonProperty("OriginalSizeInBytes") public long originalSizeInBytes;
    @JsonProperty("Priority") public String priority;
    @JsonProperty("RequestType") public String requestType;
    @JsonProperty("StartDate") public String startDate;
    @JsonProperty("Status") public String status;
    @JsonProperty("UserId") public UUID userId;
    @JsonProperty("UserName") public String userName;

    @JacksonXmlElementWrapper(localName = "Nodes")
    @JacksonXmlProperty(localName = "Node")
    public List<Node> nodes = List.of();

    @JacksonXmlElementWrapper(useWrapping = false)
    @JacksonXmlProperty(localName = "Objects")
    public List<Chunk> objects = List.of();
  }

  public static final class Node {
    @JsonProperty("EndPoint") public String endPoint;
    @JsonProperty("HttpPort") public Integer httpPort;
    @JsonProperty("HttpsPort") public Integer httpsPort;
    @JsonProperty("Id") public UUID id;
  }

  public static final class Chunk {
    @JsonProperty("ChunkId") public UUID chunkId;
    @JsonProperty("ChunkNumber") public int chunkNumber;
    @JsonProperty("NodeId") public UUID nodeId;

    @JacksonXmlElementWrapper(useWrapping = false)
    @JacksonXmlProperty(localName = "Object")
    public List<Blob> objects = List.of();
  }

  public static final class Blob {
    @JsonProperty("Bucket") public String bucket;
    @JsonProperty("Id") public UUID id;
    @JsonProperty("InCache") public Boolean inCache;
    @JsonProperty("Latest") public boolean latest;
    @JsonProperty("Length") public long length;
    @JsonProperty("Name") public String name;
    @JsonProperty("Offset") public long offset;
    @JsonProperty("Version") public long version;
    @JsonProperty("VersionId") public UUID versionId;
  }

  private static MasterObjectList kept;

  public static void main(final String[] args) throws Exception {
    final byte[] document = Files.readAllBytes(Path.of(args[0]));
    final XmlMapper mapper = new XmlMapper();
    final BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    while (lines.readLine() != null) {
      kept = null;
      final long began = System.nanoTime();
      kept = mapper.readValue(new ByteArrayInputStream(document), MasterObjectList.class);
      final double elapsed = (System.nanoTime() - began) / 1e6;
      final int objects = kept.objects.stream().mapToInt(chunk -> chunk.objects.size()).sum();
      System.out.println(objects + " " + elapsed);
    }
  }
}

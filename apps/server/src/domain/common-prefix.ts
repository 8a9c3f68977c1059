/** The prefix under which a listing rolls a key up: `a/b/c` with prefix `a/` and delimiter `/` → `a/b/`. */
export function commonPrefix(name: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const end = name.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : name.slice(0, end + delimiter.length);
}

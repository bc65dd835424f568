// Workers whose script lies on another origin, as that of a page which takes this package from a CDN.

const made = new Map();

/**
 * Browsers start no worker from a script of another origin, but a worker may import one: the address of a script
 * that only imports `script`, which lies beside `from`. Undefined where the script is of this origin.
 */
export function importer(script, from) {
  const { origin } = globalThis.location ?? {};
  if (!origin || new URL(from).origin === origin) return undefined;
  const url = new URL(script, from).href;
  if (!made.has(url)) {
    const text = `import ${JSON.stringify(url)};`;
    made.set(url, URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  }
  return made.get(url);
}

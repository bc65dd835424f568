// Shortens the names of an engine's wasm imports: wasm-bindgen's contain hashes, which do not compress.

const IMPORTS = 2;

/** The wasm and the script with short names for all imports that the script defines. */
export function shortenImports(wasm, script) {
  const names = [...new Set(script.match(/\b__wbg_\w+_[0-9a-f]{16}\b|\b__wbindgen_\w+_[0-9a-f]{16}\b/g))];
  const short = new Map(names.map((name, i) => [name, `_${i.toString(36)}`]));
  const renamed = script.replace(/\b__wb\w+_[0-9a-f]{16}\b/g, (name) => short.get(name) ?? name);
  const parts = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length; ) {
    const [size, start] = leb(wasm, at + 1);
    const body = wasm.subarray(start, start + size);
    if (wasm[at] === IMPORTS) {
      const written = imports(body, short);
      parts.push(Uint8Array.of(IMPORTS, ...toLeb(written.length)), written);
    } else parts.push(wasm.subarray(at, start + size));
    at = start + size;
  }
  return { wasm: Buffer.concat(parts), script: renamed };
}

/** The import section: module, name, kind and, for a function, its type. */
function imports(body, short) {
  let [count, at] = leb(body, 0);
  const parts = [Uint8Array.of(...toLeb(count))];
  const text = () => {
    const [size, start] = leb(body, at);
    at = start + size;
    return Buffer.from(body.subarray(start, at)).toString();
  };
  for (; count > 0; count--) {
    const [module, name] = [text(), text()];
    const kind = body[at];
    if (kind !== 0) throw new Error(`${module} ${name}: the engine imports something else than functions`);
    const start = at;
    [, at] = leb(body, at + 1);
    for (const part of [module, short.get(name) ?? name])
      parts.push(Buffer.from([...toLeb(part.length)]), Buffer.from(part));
    parts.push(body.subarray(start, at));
  }
  return Buffer.concat(parts);
}

/** An unsigned LEB128 number, and the offset after it. */
function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

function toLeb(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

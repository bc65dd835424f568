// Generates docs/api.md, the API reference, from the package's declarations. `node npm/api.mjs` writes it, a test
// compares.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const vite = createRequire(join(root, "www/package.json")).resolve("vite");
const { parseSync } = await import(pathToFileURL(vite));

/** Chapters, and the declaration files of each; `only`: the public declarations of a file. */
const CHAPTERS = [
  {
    title: "Pictures in, pictures out",
    from: [
      { file: "index.d.ts" },
      { file: "restorer.d.ts", only: ["Restore", "RestorerOptions"] },
      { file: "types.d.ts" },
      { file: "models.d.ts", only: ["Models", "ModelInfo"] },
      { file: "errors.d.ts", only: ["RestoreError", "ErrorCode"] },
      { file: "decode.d.ts", only: ["ByBrowser"] },
      { file: "platform.d.ts", only: ["WorkerLike"] },
    ],
  },
  {
    title: "The engine",
    intro:
      "The engine behind `restore`, for use in a worker of your own. It computes on the calling thread, so a page should call it from a worker.",
    from: [
      { file: "unet_playground.d.ts" },
      {
        file: "baseline/unet_playground.d.ts",
        without: /^(initSync|InitOutput|InitInput|SyncInitInput|__wbg_init|default)$/,
      },
    ],
  },
];

/** The text, generated from the declarations in `folder`. */
export function reference(folder) {
  const chapters = CHAPTERS.map(({ title, intro, from }) => {
    const names = from.flatMap(({ file, only, without }) =>
      declarations(readFileSync(join(folder, file), "utf8"), file).filter(
        ({ name }) => (!only || only.includes(name)) && !without?.test(name),
      ),
    );
    return [`## ${title}`, ...(intro ? [intro] : []), ...names.map(({ text }) => text)].join("\n\n");
  });
  const head =
    "# API reference\n\nEvery function, type and error of the package, from its own declarations (`node npm/api.mjs` writes this page). [Use it in your page](use-it-in-your-page.md) has examples.";
  return `${[head, ...chapters].join("\n\n")}\n`;
}

/** A file's exports in source order: their names and texts. */
function declarations(code, file) {
  const { program, comments, errors } = parseSync(file, code, { lang: "dts" });
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const doc = (start) => docBefore(code, comments, start);
  return program.body.flatMap((statement) => {
    const declared = statement.declaration;
    if (!declared || !/^Export(Named|Default)Declaration$/.test(statement.type)) return [];
    const name = (declared.id ?? declared.declarations?.[0]?.id)?.name;
    if (!name) return [];
    const body = declared.body?.body;
    const listed = /^(TSInterface|Class)Declaration$/.test(declared.type) && Array.isArray(body);
    const parts = [`### \`${name}\``, doc(statement.start)];
    if (listed) {
      const parents = [
        ...(declared.extends ?? []),
        ...(declared.superClass ? [{ expression: declared.superClass }] : []),
      ];
      const heirs = parents.map(({ expression }) => `\`${code.slice(expression.start, expression.end)}\``);
      if (heirs.length > 0) parts.push(`Extends ${heirs.join(" and ")}.`);
      parts.push(members(code, body, doc));
    } else parts.push(fenced(code.slice(declared.start, declared.end)));
    return [{ name, text: parts.filter(Boolean).join("\n\n") }];
  });
}

/** The public members, as a list. */
function members(code, body, doc) {
  const shown = body.filter(
    ({ computed, accessibility, key }) => !computed && accessibility !== "private" && !key?.name?.startsWith("__"),
  );
  return shown
    .map(({ start, end }) => {
      const signature = code.slice(start, end).replace(/;$/, "").replace(/\s+/g, " ");
      const told = doc(start).replace(/\s+/g, " ");
      return told ? `- \`${signature}\`<br>\n  ${told}` : `- \`${signature}\``;
    })
    .join("\n");
}

/** A declaration's source text, with its comments. */
function fenced(text) {
  return `\`\`\`ts\n${text.replace(/^declare /, "").replace(/^ {4}/gm, "  ")}\n\`\`\``;
}

/** The comment right before a position, without its stars; JSDoc tags become sentences. */
function docBefore(code, comments, position) {
  const comment = comments.findLast(
    ({ end, type }) => type === "Block" && end <= position && /^\s*$/.test(code.slice(end, position)),
  );
  if (!comment?.value.startsWith("*")) return "";
  const lines = comment.value
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
  return lines
    .join("\n")
    .trim()
    .replace(/^@param (?:options\.)?(\w+)/gm, "\n`$1`:")
    .replace(/^@throws/gm, "\nThrows")
    .replace(/\[`([^`]+)`\]/g, "`$1`")
    .replace(/\n{3,}/g, "\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, "docs/api.md"), reference(join(root, "pkg")));
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";
import type { Plugin } from "vite";
import en from "../src/i18n/en.json" with { type: "json" };

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const DOCS = at("../../docs/");
/** The guide for everybody comes first, references come last. */
const FIRST = "restore-a-photo.md";
const LAST = ["api.md", "operators.md", "networks.md"];
/** The playground's address in the guides; in the site it becomes the site's own. */
const EXAMPLE = "https://example.edu/unet/";
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

interface Guide {
  /** File name in docs/. */
  name: string;
  title: string;
  /** Its first sentence. */
  about: string;
  html: string;
}

/** Renders docs/*.md to help/ in the site, with the files they link to; `index.html` lists them. */
export function help(): Plugin {
  return {
    name: "help",
    configureServer(server) {
      server.middlewares.use("/help", (request, response, next) => {
        const body = helpFiles()[(request.url ?? "/").replace(/^\/|[?#].*$/g, "") || "index.html"];
        if (body === undefined) return next();
        response.setHeader("Content-Type", /\.css/.test(request.url ?? "") ? "text/css" : "text/html; charset=utf-8");
        response.end(body);
      });
    },
    generateBundle() {
      for (const [name, source] of Object.entries(helpFiles())) {
        this.emitFile({ type: "asset", fileName: `help/${name}`, source });
      }
    },
  };
}

/** All files of help/ by path. */
export function helpFiles(): Record<string, string | Buffer> {
  const files: Record<string, string | Buffer> = { "help.css": styles() };
  const names = readdirSync(DOCS).filter((name) => name.endsWith(".md"));
  const rank = (name: string) => (name === FIRST ? -2 : LAST.indexOf(name));
  names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const guides = names.map((name) => {
    const { guide, linked } = rendered(name);
    for (const path of linked) files[path] = beside(path);
    return guide;
  });
  for (const guide of guides) files[pageOf(guide.name)] = page(guide.title, guide.html, guides, guide);
  const list = guides.map(
    ({ name, title, about }) => `<li><a href="${pageOf(name)}">${escaped(title)}</a><p>${escaped(about)}</p></li>`,
  );
  files["index.html"] = page("Help", `<h1>Help</h1>\n<ul class="guides">${list.join("\n")}</ul>`, guides, null);
  return files;
}

function rendered(name: string): { guide: Guide; linked: string[] } {
  const source = readFileSync(DOCS + name, "utf8");
  const linked: string[] = [];
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${slug(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const [path = "", hash = ""] = href.split("#");
        if (/^[a-z]+:/.test(href) || path === "") return `<a href="${escaped(href)}">${text}</a>`;
        // Files outside docs/ are not part of the site.
        if (path.startsWith("..") || !existsSync(DOCS + path)) return text;
        if (!path.endsWith(".md")) linked.push(path);
        return `<a href="${escaped(pageOf(path) + (hash && `#${hash}`))}">${text}</a>`;
      },
      image({ href, text }) {
        linked.push(href);
        return `<img src="${escaped(href)}" alt="${escaped(text)}" />`;
      },
    },
  });
  const html = marked.parse(source, { async: false });
  const title = /^# (.+)$/m.exec(source)?.[1] ?? name;
  const first = /^# .+\n+([^#|`<][\s\S]*?)(?:\n\n|$)/.exec(source)?.[1] ?? "";
  const about = /^.*?[.:](?=\s|$)/.exec(first.replace(/\s+/g, " "))?.[0] ?? "";
  return { guide: { name, title, about: about.replace(/[`*]|\]\([^)]*\)|\[/g, "").replace(/:$/, "."), html }, linked };
}

/** A file that a guide links to. */
function beside(path: string): string | Buffer {
  const bytes = readFileSync(DOCS + path);
  if (!path.endsWith(".html")) return bytes;
  const root = posix.join(
    ...posix
      .dirname(path)
      .split("/")
      .map(() => ".."),
    "../",
  );
  return bytes.toString("utf8").replaceAll(EXAMPLE, root);
}

function page(title: string, html: string, guides: readonly Guide[], current: Guide | null): string {
  const links = guides.map(({ name, title }) => {
    const here = name === current?.name ? ' aria-current="page"' : "";
    return `<a href="${pageOf(name)}"${here}>${escaped(title)}</a>`;
  });
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${escaped(title)} · ${escaped(en["app.name"])}</title>
    <link rel="icon" href="../icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="help.css" />
  </head>
  <body>
    <header>
      <a class="home" href="../index.html"><img src="../icon.svg" alt="" /> ${escaped(en["app.name"])}</a>
      <nav aria-label="Help"><a href="index.html"${current ? "" : ' aria-current="page"'}>Help</a>${links.join("")}</nav>
    </header>
    <main>
${html}
    </main>
  </body>
</html>
`;
}

/** The guides' own styles, with the page's colors. */
function styles(): string {
  const [colors = ""] = /:root \{[^}]*\}/.exec(readFileSync(at("../src/styles.css"), "utf8")) ?? [];
  return `${colors}\n${readFileSync(at("help.css"), "utf8")}`;
}

function pageOf(name: string): string {
  return name.replace(/\.md$/, ".html");
}

/** Heading ids, as on GitHub. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

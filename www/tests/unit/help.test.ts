import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { helpFiles } from "../../build/help";
import en from "../../src/i18n/en.json";

/** The guides as the build renders them. */

const files = helpFiles();
const pages = Object.entries(files).filter(([name]) => name.endsWith(".html")) as [string, string][];

describe("the help pages", () => {
  it("contain every guide of docs/, and a list of them", () => {
    const guides = readdirSync("../docs").filter((name) => name.endsWith(".md"));
    expect(guides.length).toBeGreaterThan(2);
    for (const name of guides) {
      const page = name.replace(".md", ".html");
      expect(files).toHaveProperty([page]);
      expect(files["index.html"]).toContain(`href="${page}"`);
    }
    expect(String(files["index.html"])).toMatch(/<ul class="guides"><li><a href="restore-a-photo.html">/);
    // The guide's subject comes first, not its author.
    expect(String(files["index.html"])).not.toMatch(/<p>\s*(Written|Generated)/);
    expect(String(files["index.html"])).toMatch(/Embed it in a course<\/a><p>[^<]{20,}<\/p>/);
  });

  it("name the page's buttons as the page does", () => {
    const words = new Set<string>(Object.values(en));
    const named = [...String(files["restore-a-photo.html"]).matchAll(/<strong>([^<]+)<\/strong>/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !words.has(String(name)))).toEqual([]);
  });

  it("have no broken links", () => {
    const ids = (page: string) => [...String(files[page]).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    let links = 0;
    for (const [name, html] of pages.filter(([name]) => !name.includes("/"))) {
      for (const [, href = ""] of html.matchAll(/(?:href|src)="([^"]+)"/g)) {
        if (/^(https?|mailto):/.test(href) || href.startsWith("../") || html.includes(`&lt;iframe src="${href}`))
          continue;
        const [path = "", hash] = href.replace(/^\.\//, "").split("#");
        links++;
        expect(path === "" || path in files, `${name}: ${href}`).toBe(true);
        if (hash) expect(ids(path || name), `${name}: ${href}`).toContain(hash);
      }
    }
    expect(links).toBeGreaterThan(10);
    expect(ids("embedding.html"), "the dialog links to it").toContain("where-to-paste-it");
  });

  it("use the address of their own playground in examples", () => {
    const course = String(files["course/index.html"]);
    expect(course).toContain('src="../../embed.js"');
    expect(course).not.toContain("example.edu");
  });

  it("have one main heading, a policy without scripts, and no Markdown left", () => {
    for (const [name, html] of pages.filter(([name]) => !name.includes("/"))) {
      expect(html.match(/<h1[ >]/g), name).toHaveLength(1);
      expect(html, name).not.toContain("<script");
      expect(html.replace(/<pre>[\s\S]*?<\/pre>/g, ""), name).not.toMatch(/^\s*(#{1,4} |\| )/m);
    }
    expect(existsSync("public/icon.svg")).toBe(true);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { parseManifest } from "../../../npm/src/manifest";
import { SAMPLES } from "../../src/app/samples";
import { duration, setLanguage, thousands } from "../../src/i18n";
import en from "../../src/i18n/en.json";
import vietnamese from "../../src/i18n/vi.json";

vi.hoisted(() => vi.stubGlobal("navigator", { language: "en" }));

/** The messages of every language, by its tag. */
const languages = Object.fromEntries(
  readdirSync("src/i18n")
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name.slice(0, -".json".length), JSON.parse(readFileSync(join("src/i18n", name), "utf8"))]),
) as Record<string, Record<string, string>>;
const keys = Object.keys(en);
/** A key without its plural suffix (Unicode CLDR), if there is a form `other`. */
const bare = (key: string) => {
  const base = key.replace(/\.(zero|one|two|few|many|other)$/, "");
  return Object.hasOwn(en, `${base}.other`) ? base : key;
};
const places = (message: string) => [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

const code = sources(join(import.meta.dirname, "../../src")).map((file) => ({
  file,
  text: readFileSync(file, "utf8"),
}));

describe("the shipped models", () => {
  const entries = parseManifest(JSON.parse(readFileSync("../models/manifest.json", "utf8")));

  it("have messages for their tasks, with a sentence each, and for their variants", () => {
    expect(entries.length).toBeGreaterThan(0);
    const keys = entries.flatMap(({ task, family, survey, design, strategy, variant }) => [
      `task.${task}`,
      `task.${task}.sentence`,
      `family.${family}`,
      ...(design ? [`design.${design}`, `design.${design}.text`, `gallery.group.${survey}`] : [`strategy.${strategy}`]),
      ...(variant ? [`variant.${variant}`] : []),
    ]);
    for (const [tag, messages] of Object.entries(languages)) {
      for (const key of new Set(keys)) expect(messages, `${key} in ${tag}`).toHaveProperty([key]);
    }
  });
});

describe("message files", () => {
  it("have the same keys in every language, none of them empty", () => {
    const once = (names: string[]) => [...new Set(names.map(bare))];
    expect(Object.keys(languages)).toEqual(expect.arrayContaining(["en", "vi"]));
    for (const [tag, messages] of Object.entries(languages)) {
      expect(once(Object.keys(messages)), tag).toEqual(once(keys));
      for (const [key, message] of Object.entries(messages)) expect(message.trim(), `${key} in ${tag}`).not.toBe("");
    }
  });

  it("have every plural form of their language", () => {
    const counted = new Set(keys.map(bare).filter((key) => !keys.includes(key)));
    expect(counted.size).toBeGreaterThan(0);
    for (const [tag, messages] of Object.entries(languages)) {
      for (const form of new Intl.PluralRules(tag).resolvedOptions().pluralCategories) {
        for (const key of counted) expect(messages, `${key} in ${tag}`).toHaveProperty([`${key}.${form}`]);
      }
    }
  });

  it("do not mention clicks without taps", () => {
    const told = (messages: object, click: RegExp, tap: RegExp) =>
      Object.entries(messages).filter(
        ([key, message]) => !key.startsWith("help.") && click.test(message) && !tap.test(message),
      );
    expect(told(en, /\bclick/i, /\btap\b/i)).toEqual([]);
    expect(told(vietnamese, /nhấp(?! nháy)/i, /chạm/i)).toEqual([]);
  });

  it("have the same placeholders", () => {
    for (const [tag, messages] of Object.entries(languages)) {
      for (const [key, message] of Object.entries(en)) {
        // A plural form need not contain the number.
        if (bare(key) === key) expect(places(messages[key] ?? ""), `${key} in ${tag}`).toEqual(places(message));
      }
    }
  });

  it("are all used: each key is in the code, or matches a template there", () => {
    const all = code.map(({ text }) => text).join("\n") + readFileSync("index.html", "utf8");
    const quoted = [...all.matchAll(/`([a-z-]+\.(?:[a-z.-]|\$\{[^}]*\})*)`/g)].map(([, template]) => template ?? "");
    const templates = quoted
      .filter((each) => each.includes("$"))
      .map((each) => new RegExp(`^${each.replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "[^.]+")}$`));
    const found = (pattern: RegExp) => new Set([...all.matchAll(pattern)].map(([, key]) => key ?? ""));
    const [named, filled, counted] = [/"([\w.-]+)"/g, /%([\w.-]+)%/g, /plural\("([\w.-]+)"/g].map(found);
    const unused = keys.filter(
      (key) =>
        !named?.has(key) && !filled?.has(key) && !counted?.has(bare(key)) && !templates.some((each) => each.test(key)),
    );
    expect(unused).toEqual([]);
  });

  it("name every sample", () => {
    for (const { id } of SAMPLES) expect(keys).toContain(`sample.${id}`);
  });

  it("have a sentence for every error code of the engine", () => {
    const rust = readFileSync(join(import.meta.dirname, "../../../crates/kernels/src/error.rs"), "utf8");
    const codes = [...rust.matchAll(/=> "([a-z-]+)"/g)].map(([, name]) => name);
    expect(codes.length).toBeGreaterThan(8);
    for (const name of codes) if (name !== "aborted") expect(keys).toContain(`error.${name}`);
  });

  it("have a sentence for every error of the page that users can meet", () => {
    const codes = code.flatMap(({ text }) => [...text.matchAll(/new CallError\("([a-z-]+)"/g)].map(([, name]) => name));
    expect(codes).toContain("no-clipboard");
    for (const name of codes) if (name !== "aborted" && name !== "no-result") expect(keys).toContain(`error.${name}`);
  });
});

describe("words", () => {
  it("are technical terms that need no translating back", () => {
    const odd =
      /\b(mend(ed|s)?|the truth|imitated|put (it |your own model )?away|went away|no name for|all there is|one way|worse|goes on|afresh)\b/i;
    const found = Object.entries(en).filter(([, message]) => odd.test(message));
    expect(found).toEqual([]);
  });

  it("keep “kernel” in Vietnamese: “nhân” means to multiply", () => {
    for (const [key, message] of Object.entries(vietnamese)) {
      expect(message, key).not.toMatch(/hạt nhân|nhân tích chập|(một|mỗi|của|ma trận) nhân\b/i);
      if (/\bkernel\b/i.test(en[key as keyof typeof en] ?? "")) expect(message, key).toMatch(/kernel/i);
    }
  });

  it("of quoted buttons match those buttons", () => {
    const names = (language: Record<string, string>) =>
      Object.entries(language).flatMap(([key, message]) =>
        [...message.matchAll(/“([^”]+)”/g)].map(([, name = ""]) => ({
          key,
          name,
          known: Object.values(language).includes(name),
        })),
      );
    for (const messages of [en, vietnamese]) {
      const named = names(messages);
      expect(named.length).toBeGreaterThan(3);
      expect(named.filter(({ known }) => !known)).toEqual([]);
    }
  });
});

describe("elements", () => {
  it("contain no text of their own", () => {
    for (const { file, text } of code.filter(({ file }) => file.includes("elements"))) {
      const templates = text.replace(/css`[^`]*`/g, "").matchAll(/>\s*([A-Za-zÀ-ỹ][A-Za-zÀ-ỹ ]{3,})\s*</g);
      expect(
        [...templates].map(([, words]) => words),
        file,
      ).toEqual([]);
    }
  });
});

describe("figures", () => {
  it("show long times in minutes and hours", () => {
    expect([230, 12_000, 89_000, 91_000, 857_000, 6_000_000].map(duration)).toEqual([
      "0.23 sec",
      "12 sec",
      "89 sec",
      "1.5 min",
      "14 min",
      "1.7 hr",
    ]);
  });

  it("abbreviate large numbers in the language", async () => {
    expect(thousands(536_211)).toBe("536K");
    await setLanguage("vi");
    expect([thousands(536_211), thousands(6_321_000_000)].map((said) => said.replace(/\s/g, " "))).toEqual([
      "536 nghìn",
      "6,32 tỉ",
    ]);
    await setLanguage("en");
  });
});

/**
 * Declares the element for editors and compilers: a Custom Elements Manifest, and types for TypeScript, React and Vue.
 */

import { ATTRIBUTES, type AttributeName, NATIVE } from "./address";
import { ATTRIBUTE_TEXTS, EVENT_TEXTS, METHODS } from "./described";

const TAG = "unet-playground";
const TEXT = "The U-Net playground in a page: a frame that its attributes, methods and events steer.";
const PROPERTIES = ATTRIBUTES.filter((name) => !NATIVE.includes(name));
const EVENTS = Object.keys(EVENT_TEXTS) as (keyof typeof EVENT_TEXTS)[];

const typeOf = (name: AttributeName) => ATTRIBUTE_TEXTS[name].type ?? "string";
const detailOf = (event: string) => `UnetPlaygroundEvents["${event}"]`;
const quoted = (name: string) => (/^\w+$/.test(name) ? name : JSON.stringify(name));

/** https://github.com/webcomponents/custom-elements-manifest, version 1.0.0 */
export function customElements(): object {
  const module = "embed.js";
  return {
    schemaVersion: "1.0.0",
    readme: "help/embedding.html",
    modules: [
      {
        kind: "javascript-module",
        path: module,
        declarations: [
          {
            kind: "class",
            customElement: true,
            name: "UnetPlayground",
            tagName: TAG,
            description: TEXT,
            superclass: { name: "HTMLElement" },
            attributes: ATTRIBUTES.map((name) => ({
              name,
              description: ATTRIBUTE_TEXTS[name].text,
              type: { text: typeOf(name) },
              ...(PROPERTIES.includes(name) && { fieldName: name }),
            })),
            members: [
              ...PROPERTIES.map((name) => ({
                kind: "field",
                name,
                description: ATTRIBUTE_TEXTS[name].text,
                type: { text: typeOf(name) },
                attribute: name,
                reflects: true,
              })),
              ...METHODS.map(({ name, text, parameters, result }) => ({
                kind: "method",
                name,
                description: text,
                parameters: parameters.map(({ name, type, optional = false }) => ({
                  name,
                  type: { text: type },
                  optional,
                })),
                return: { type: { text: `Promise<${result}>` } },
              })),
            ],
            events: EVENTS.map((name) => ({
              name,
              description: EVENT_TEXTS[name],
              type: { text: `CustomEvent<${detailOf(name)}>` },
            })),
          },
        ],
        exports: [{ kind: "custom-element-definition", name: TAG, declaration: { name: "UnetPlayground", module } }],
      },
    ],
  };
}

/** Type declarations by file name. `protocol`: the source of `protocol.ts`, which has the event types. */
export function typeDeclarations(protocol: string): Record<string, string> {
  return { "embed.d.ts": plain(protocol), "embed-react.d.ts": react(), "embed-vue.d.ts": vue() };
}

/** The source text of an interface. */
function interfaceIn(source: string, name: string): string {
  const [found] = new RegExp(`export interface ${name} \\{\\n[\\s\\S]*?\\n\\}`).exec(source) ?? [];
  if (!found) throw new Error(`protocol.ts has no interface ${name}`);
  return found;
}

function plain(protocol: string): string {
  const events = interfaceIn(protocol, "Events")
    .replace("interface Events", "interface UnetPlaygroundEvents")
    .replaceAll("Figures", "UnetPlaygroundFigures")
    .replaceAll("Attributes", "Record<string, string>")
    .replace(/\n\}$/, '\n  solved: UnetPlaygroundEvents["result"];\n}');
  const figures = interfaceIn(protocol, "Figures").replace("Figures", "UnetPlaygroundFigures");
  const lines = (names: readonly AttributeName[], optional: string, flag: string) =>
    names.map(
      (name) =>
        `  /** ${ATTRIBUTE_TEXTS[name].text} */\n  ${quoted(name)}${optional}: ${name === "lock" ? flag : typeOf(name)};`,
    );
  const methods = METHODS.map(({ name, text, parameters, result }) => {
    const list = parameters.map(({ name, type, optional }) => `${name}${optional ? "?" : ""}: ${type}`).join(", ");
    return `  /** ${text} */\n  ${name}(${list}): Promise<${result}>;`;
  });
  const heard = ["addEventListener", "removeEventListener"].map(
    (name) => `  ${name}<K extends keyof UnetPlaygroundEvents>(
    type: K,
    listener: (this: UnetPlaygroundElement, event: CustomEvent<UnetPlaygroundEvents[K]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  ${name}(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;`,
  );
  return `/** Types of <${TAG}>, written by the build of the playground. */

${figures}

/** What its events tell. */
${events}

export interface UnetPlaygroundAttributes {
${lines(ATTRIBUTES, "?", 'boolean | ""').join("\n")}
}

/** ${TEXT} */
// An element's own "error" and "progress" tell more than those that every element has.
export interface UnetPlaygroundElement extends Omit<HTMLElement, "addEventListener" | "removeEventListener"> {
${[...lines(PROPERTIES, "", "boolean"), ...methods, ...heard].join("\n")}
}

declare global {
  interface HTMLElementTagNameMap {
    "${TAG}": UnetPlaygroundElement & HTMLElement;
  }
}
`;
}

function react(): string {
  const events = EVENTS.map((name) => `  on${name}?: (event: CustomEvent<${detailOf(name)}>) => void;`);
  return `/** <${TAG}> in the JSX of React 19; older ones pass attributes alike, and no events. */

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { UnetPlaygroundAttributes, UnetPlaygroundElement, UnetPlaygroundEvents } from "./embed.js";

interface Props extends UnetPlaygroundAttributes {
${events.join("\n")}
}
type Tag = DetailedHTMLProps<Omit<HTMLAttributes<HTMLElement & UnetPlaygroundElement>, keyof Props> & Props, HTMLElement & UnetPlaygroundElement>;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "${TAG}": Tag;
    }
  }
}
`;
}

function vue(): string {
  const events = EVENTS.map((name) => {
    const prop = `on${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    return `  ${prop}?: (event: CustomEvent<${detailOf(name)}>) => void;`;
  });
  return `/** <${TAG}> in the templates of Vue 3, whose compiler is told that it is a custom element. */

import type { HTMLAttributes, PublicProps } from "vue";
import type { UnetPlaygroundAttributes, UnetPlaygroundElement, UnetPlaygroundEvents } from "./embed.js";

interface Props extends UnetPlaygroundAttributes {
  /** \`data-expect\`, whose name Vue's checker writes so. */
  dataExpect?: UnetPlaygroundAttributes["data-expect"];
${events.join("\n")}
}

declare module "vue" {
  interface GlobalComponents {
    "${TAG}": new () => UnetPlaygroundElement & { $props: PublicProps & Omit<HTMLAttributes, keyof Props> & Props };
  }
}
`;
}

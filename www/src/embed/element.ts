/**
 * `<unet-playground>`: the playground in a page of somebody else's.
 *
 * A thin element around a frame of the site that this script comes from; it needs nothing of the page around it. Its attributes
 * are the playground's settings, its methods and events go through `protocol.ts`. docs/embedding.md describes them all.
 *
 * Built as a script that is no module: a browser takes modules of another origin only from hosts that send CORS headers.
 */

import { ATTRIBUTES, FETCHED, FOLLOWED, frameAddress, LOADED, NATIVE, queryOf } from "./address";
import { holds } from "./expect";
import type { Given } from "./given";
import { type Attributes, type Calls, type Events, type FromFrame, isMessage, VERSION } from "./protocol";
import { enter, leave, type Player } from "./turns";
import { word } from "./words";

/** The script itself: a module has to be looked for. */
const script = document.currentScript ?? document.querySelector('script[src$="/embed.js"], script[src="embed.js"]');
/** Where the script is a part of somebody's bundle, the page says where the playground is. */
const named = document.querySelector<HTMLMetaElement>('meta[name="unet-playground"]')?.content;
const beside = script instanceof HTMLScriptElement ? script.src : document.baseURI;
/** The site's folder: the one that is named, else that in which this script lies. */
const { href: BASE, origin: ORIGIN } = new URL(".", new URL(named ?? beside, document.baseURI));
/** Tells the frames of this page that they may share an engine. */
const PAGE = `unet${Math.random()}`;
/** Milliseconds that a frame which has been loaded may stay silent. */
const SILENCE = 20_000;

// Written tightly: it is downloaded as it stands.
const STYLE = `:host{display:block;position:relative;aspect-ratio:4/3;min-height:240px;background:#8882}
:host([hidden]){display:none}
*{position:absolute;inset:0;width:100%;height:100%;border:0;border-radius:inherit}
img{object-fit:cover}
button{background:#0005;color:#fff;font-size:48px}`;

interface Open {
  resolve(result: never): void;
  reject(error: Error): void;
}

const is = (names: readonly string[], name: string): boolean => names.includes(name);

class UnetPlayground extends HTMLElement implements Player {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  #frame = document.createElement("iframe");
  #image = document.createElement("img");
  #button = document.createElement("button");
  #open = new Map<number, Open>();
  #nextId = 1;
  #isReady = false;
  /** The frame cannot start. */
  #isRefused = false;
  /** A person or the page has asked for it. */
  #isAsked = false;
  #isSeen = false;
  #waiting: Open[] = [];
  /** The settings that the frame was loaded with, and whether it opens no photo until it is given one. */
  #loaded = "";
  #waits = false;
  /** Files of the page around on their way to the playground. */
  #brought: Promise<unknown> = Promise.resolve();
  /** Attributes on their way to the playground. */
  #following: Promise<null> | null = null;
  #silence = 0;
  /** Where messages to the frame go. */
  #to = ORIGIN;
  #near = new IntersectionObserver((entries) => this.#see(entries.at(-1)?.isIntersecting ?? false), {
    rootMargin: "200px",
  });

  constructor() {
    super();
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.#frame.allow = "clipboard-write;fullscreen";
    this.#frame.name = PAGE;
    this.#frame.onload = () => {
      this.#silence = window.setTimeout(
        () => this.#refuse({ code: "no-answer", message: `${BASE} does not answer` }),
        SILENCE,
      );
    };
    this.#button.textContent = "▶";
    this.#button.onclick = () => {
      this.#isAsked = true;
      enter(this);
    };
    this.attachShadow({ mode: "open" }).append(style);
  }

  connectedCallback(): void {
    // What a framework has set before this script came.
    for (const name of REFLECTED) {
      if (!Object.hasOwn(this, name)) continue;
      const set = this as unknown as Record<string, unknown>;
      const value = set[name];
      delete set[name];
      set[name] = value;
    }
    window.addEventListener("message", this.#hear);
    this.#describe();
    if (this.getAttribute("loading") === "eager") this.#see(true);
    else this.#near.observe(this);
  }

  disconnectedCallback(): void {
    window.removeEventListener("message", this.#hear);
    this.#near.disconnect();
    leave(this);
    this.#forget("removed", true);
    this.#frame.remove();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.isConnected) return;
    this.#describe();
    if (!this.#frame.isConnected) {
      if (name === "autorun") this.#see(this.#isSeen);
    } else if (is(LOADED, name)) {
      this.#forget("reloaded");
      // In place of what was there: the history is the page's own.
      this.#frame.contentWindow?.location.replace(this.#address());
    } else if (!this.#isReady)
      return; // looked at once it is
    else if (is(FETCHED, name)) this.#bring(name);
    else if (is(FOLLOWED, name)) this.#follow().catch(this.#fail);
  }

  /** In its turn: starts, or goes on where it is in sight again. */
  async play(): Promise<void> {
    this.#load();
    await this.#called();
    await this.#brought;
    await this.#call("rest", false);
  }

  /** Runs what is not there yet, or all anew; resolves once it is done. */
  run(): Promise<null> {
    return this.#call("run", null);
  }

  /** Stops what is under way. */
  stop(): Promise<null> {
    return this.#call("stop", null);
  }

  /** Sets attributes, several at once. */
  set(settings: Attributes): Promise<null> {
    for (const [name, value] of Object.entries(settings)) this.setAttribute(name, value);
    return this.#follow();
  }

  /** Opens a photo, or a network as ONNX file: a file, an address, or an ImageBitmap. */
  async load(what: Given | string | URL): Promise<null> {
    return this.#call("load", [typeof what === "string" || what instanceof URL ? await fetched(what) : what]);
  }

  /** The result of a method as PNG, by default of the chosen one. */
  result(method: string | null = null): Promise<Blob> {
    return this.#call("result", method);
  }

  /** Settings, figures and hashes of the models, for others to repeat. */
  report(): Promise<object> {
    return this.#call("report", null);
  }

  /** It has come near the viewport, or gone from there: out of sight nothing runs. */
  #see(seen: boolean): void {
    this.#isSeen = seen;
    if (!seen) {
      leave(this);
      if (this.#isReady) this.#call("rest", true).catch(() => undefined);
    } else if (this.#isAsked || this.getAttribute("autorun") !== "false") enter(this);
  }

  /** Sends the attributes once, however many change at a time. */
  #follow(): Promise<null> {
    this.#following ??= Promise.resolve().then(() => {
      this.#following = null;
      return this.#call("set", this.#attributes());
    });
    return this.#following;
  }

  #attributes(): Attributes {
    return Object.fromEntries([...this.attributes].map(({ name, value }) => [name, value]));
  }

  #address(): string {
    this.#loaded = queryOf(this.#attributes());
    this.#waits = this.hasAttribute("src");
    return frameAddress(BASE, this.#attributes());
  }

  /** Puts over the frame what stands for it until it can show something. */
  #describe(): void {
    const [frame, image, button] = [this.#frame, this.#image, this.#button];
    const src = this.getAttribute("poster");
    frame.title = image.alt = this.title || "U-Net Playground";
    button.ariaLabel = `${word("run.run", this.lang || document.documentElement.lang)}: ${frame.title}`;
    const root = this.shadowRoot;
    if (src && !this.#isReady && !this.#isRefused) {
      if (image.getAttribute("src") !== src) image.src = src;
      root?.append(image);
    } else image.remove();
    if (this.getAttribute("autorun") === "false" && !this.#isAsked && !frame.isConnected) root?.append(button);
    else button.remove();
  }

  #load(): void {
    if (this.#frame.isConnected) return;
    this.#frame.src = this.#address();
    this.shadowRoot?.append(this.#frame);
    this.#describe();
  }

  #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    const { contentWindow } = this.#frame;
    if (!contentWindow || source !== contentWindow || !isMessage(data)) return;
    const message = data as FromFrame;
    // A frame in a sandbox has no origin. Where this page has one, all that the frame can say is that it cannot start.
    const isOpaque = origin === "null";
    if (isOpaque && !this.#isReady && "event" in message && message.event === "error")
      return this.#refuse(message.detail);
    if (origin !== ORIGIN && !(isOpaque && window.origin === "null")) return;
    this.#to = isOpaque ? "*" : origin;
    clearTimeout(this.#silence);
    if ("hello" in message) this.#send("hello", null, 0);
    else if ("event" in message) this.#tell(message.event, message.detail);
    else {
      const open = this.#open.get(message.id);
      this.#open.delete(message.id);
      if ("error" in message)
        open?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
      else open?.resolve(message.result as never);
    }
  };

  #tell<K extends keyof Events>(event: K, detail: Events[K]): void {
    if (event === "ready") {
      this.#isReady = true;
      this.#isRefused = false;
      this.#describe();
      this.#brought = this.#bring(...FETCHED);
      if (queryOf(this.#attributes()) !== this.#loaded) this.#follow().catch(this.#fail);
      if (!this.#isSeen) this.#see(false);
      for (const { resolve } of this.#waiting.splice(0)) resolve(null as never);
    }
    this.dispatchEvent(new CustomEvent(event, { detail }));
    const wanted = this.dataset.expect;
    if (event === "result" && wanted && !this.hasAttribute("solved")) {
      const told = holds(wanted, detail as Events["result"]);
      if (told === null) this.#fail(new Error(`data-expect is not understood: ${wanted}`));
      if (!told) return;
      this.setAttribute("solved", "");
      this.dispatchEvent(new CustomEvent("solved", { detail }));
    }
  }

  #fail = (error: Error & { code?: string }): void => {
    this.dispatchEvent(new CustomEvent("error", { detail: { code: error.code ?? "unknown", message: error.message } }));
  };

  /** The frame cannot start: it shows why, and nothing waits for it any longer. */
  #refuse(detail: Events["error"]): void {
    if (this.#isReady) return;
    clearTimeout(this.#silence);
    this.#isRefused = true;
    this.#describe();
    this.#forget(detail.message, true);
    this.dispatchEvent(new CustomEvent("error", { detail }));
  }

  /** Hands over files that attributes name, all at once. Where one cannot be fetched, a sample is opened. */
  async #bring(...names: readonly string[]): Promise<unknown> {
    const addresses = names.map((name) => this.getAttribute(name)).filter((address) => address !== null);
    try {
      if (addresses.length === 0) return await (this.#waits && this.#call("open", null));
      return await this.#call("load", await Promise.all(addresses.map(fetched)));
    } catch (error) {
      this.#fail(error as Error);
      return names.length > 1 && this.#waits && this.#call("open", null).catch(this.#fail);
    }
  }

  /** Resolves once the frame listens. */
  #called(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async #call<K extends keyof Calls>(call: K, args: Calls[K]["args"]): Promise<Calls[K]["result"]> {
    this.#load();
    await this.#called();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#send(call, args, id);
    });
  }

  #send<K extends keyof Calls>(call: K, args: Calls[K]["args"], id: number): void {
    this.#frame.contentWindow?.postMessage({ unetPlayground: VERSION, id, call, args }, this.#to);
  }

  /** Nothing that was asked of the frame will be answered; `all`: nor what waits until it listens. */
  #forget(why: string, all = false): void {
    this.#isReady = false;
    clearTimeout(this.#silence);
    for (const { reject } of [...this.#open.values(), ...(all ? this.#waiting.splice(0) : [])]) reject(new Error(why));
    this.#open.clear();
  }
}

async function fetched(address: string | URL): Promise<File> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: HTTP ${response.status}`);
  const name = new URL(response.url).pathname.split("/").pop() || "photo";
  return new File([await response.blob()], decodeURIComponent(name));
}

/** Attributes that are properties as well; some, every element has. */
const REFLECTED = ATTRIBUTES.filter((name) => !is(NATIVE, name));
for (const name of REFLECTED) {
  const isFlag = name === "lock";
  Object.defineProperty(UnetPlayground.prototype, name, {
    get(this: Element) {
      return isFlag ? this.hasAttribute(name) : (this.getAttribute(name) ?? "");
    },
    set(this: Element, value: unknown) {
      if (value === null || value === undefined || (isFlag && !value)) this.removeAttribute(name);
      else this.setAttribute(name, isFlag ? "" : String(value));
    },
  });
}

// A page may hold several snippets, each with this script.
if (!customElements.get("unet-playground")) customElements.define("unet-playground", UnetPlayground);

/**
 * `<unet-playground>`: the playground in a page of somebody else's.
 *
 * A thin element around a frame of the site that this script comes from; it needs nothing of the page around it. Its attributes
 * are the playground's settings, its methods and events go through `protocol.ts`. docs/embedding.md describes them all.
 *
 * Built as a script that is no module: a browser takes modules of another origin only from hosts that send CORS headers.
 */

import { FOLLOWED, frameAddress, LOADED } from "./address";
import { holds } from "./expect";
import { type Attributes, type Calls, type Events, type FromFrame, isMessage, VERSION } from "./protocol";

/** The script itself: a module has to be looked for. */
const script = document.currentScript ?? document.querySelector('script[src$="/embed.js"], script[src="embed.js"]');
/** The site's folder, in which this script lies. */
const BASE = new URL(".", script instanceof HTMLScriptElement ? script.src : document.baseURI).href;
/** Files of the page around, fetched by it: the frame's own policy forbids other origins. */
const FETCHED = ["src", "model"];

const STYLE = `
  :host { display: block; position: relative; aspect-ratio: 4 / 3; min-height: 240px; }
  :host([hidden]) { display: none; }
  iframe, img { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; border-radius: inherit; }
  img { object-fit: cover; }
`;

interface Open {
  resolve(result: never): void;
  reject(error: Error): void;
}

class UnetPlayground extends HTMLElement {
  static readonly observedAttributes = [...LOADED, ...FOLLOWED, ...FETCHED, "poster", "title"];

  #frame = document.createElement("iframe");
  #open = new Map<number, Open>();
  #nextId = 1;
  #isReady = false;
  #waiting: (() => void)[] = [];
  /** Attributes on their way to the playground. */
  #following: Promise<null> | null = null;
  #near = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && this.#load(), {
    rootMargin: "200px",
  });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.#frame.allow = "clipboard-write";
    root.append(style);
  }

  connectedCallback(): void {
    window.addEventListener("message", this.#hear);
    this.#describe();
    if (this.getAttribute("loading") === "eager") this.#load();
    else this.#near.observe(this);
  }

  disconnectedCallback(): void {
    window.removeEventListener("message", this.#hear);
    this.#near.disconnect();
    this.#forget("the element has left the page");
    this.#frame.remove();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (name === "title" || name === "poster") return this.#describe();
    if (!this.#frame.isConnected) return;
    if (LOADED.includes(name)) {
      this.#forget("the playground is loaded anew");
      this.#frame.src = frameAddress(BASE, this.#attributes());
    } else if (FETCHED.includes(name)) void this.#fetch(name).catch(this.#fail);
    else if (this.#isReady) void this.#follow().catch(this.#fail);
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
  async load(what: File | Blob | string | URL | ImageBitmap): Promise<null> {
    return this.#call("load", [await fileOf(what)]);
  }

  /** The result of a method as PNG, by default of the chosen one. */
  result(method: string | null = null): Promise<Blob> {
    return this.#call("result", method);
  }

  /** Settings, figures and hashes of the models, for others to repeat. */
  report(): Promise<object> {
    return this.#call("report", null);
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

  #describe(): void {
    this.#frame.title = this.getAttribute("title") || "U-Net playground";
    const poster = this.getAttribute("poster");
    const image = this.shadowRoot?.querySelector("img");
    if (!poster || this.#isReady) return image?.remove();
    const shown = image ?? document.createElement("img");
    Object.assign(shown, { src: poster, alt: this.#frame.title });
    if (!image) this.shadowRoot?.append(shown);
  }

  #load(): void {
    this.#near.disconnect();
    if (this.#frame.isConnected) return;
    this.#frame.src = frameAddress(BASE, this.#attributes());
    this.shadowRoot?.append(this.#frame);
    // Above the frame until that can show something.
    const image = this.shadowRoot?.querySelector("img");
    if (image) this.shadowRoot?.append(image);
  }

  #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    const { contentWindow } = this.#frame;
    if (!contentWindow || source !== contentWindow || !isMessage(data)) return;
    if (origin !== new URL(BASE).origin) return;
    const message = data as FromFrame;
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
      this.#describe();
      for (const go of this.#waiting.splice(0)) go();
      for (const name of FETCHED) void this.#fetch(name).catch(this.#fail);
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

  async #fetch(name: string): Promise<void> {
    const address = this.getAttribute(name);
    if (address) await this.load(new URL(address, document.baseURI));
  }

  async #call<K extends keyof Calls>(call: K, args: Calls[K]["args"]): Promise<Calls[K]["result"]> {
    this.#load();
    if (!this.#isReady) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#send(call, args, id);
    });
  }

  #send<K extends keyof Calls>(call: K, args: Calls[K]["args"], id: number): void {
    this.#frame.contentWindow?.postMessage({ unetPlayground: VERSION, id, call, args }, new URL(BASE).origin);
  }

  #forget(why: string): void {
    this.#isReady = false;
    for (const { reject } of this.#open.values()) reject(new Error(why));
    this.#open.clear();
  }
}

async function fileOf(what: File | Blob | string | URL | ImageBitmap): Promise<File> {
  if (what instanceof File) return what;
  if (what instanceof Blob) return new File([what], "photo");
  if (what instanceof ImageBitmap) {
    const canvas = new OffscreenCanvas(what.width, what.height);
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(await createImageBitmap(what));
    return new File([await canvas.convertToBlob()], "photo.png");
  }
  const response = await fetch(what);
  if (!response.ok) throw new Error(`${String(what)}: HTTP ${response.status}`);
  const name = new URL(response.url, document.baseURI).pathname.split("/").pop() || "photo";
  return new File([await response.blob()], decodeURIComponent(name));
}

customElements.define("unet-playground", UnetPlayground);

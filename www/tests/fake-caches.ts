/** The browser's Cache storage, in memory. Files that `host` lacks cannot be added. */
export class FakeCaches {
  stores = new Map<string, FakeCache>();
  host: (url: string) => Response | undefined;

  constructor(host: FakeCaches["host"] = () => undefined) {
    this.host = host;
  }

  async open(name: string): Promise<FakeCache> {
    const store = this.stores.get(name) ?? new FakeCache(this.host);
    this.stores.set(name, store);
    return store;
  }

  async keys(): Promise<string[]> {
    return [...this.stores.keys()];
  }

  async delete(name: string): Promise<boolean> {
    return this.stores.delete(name);
  }

  async match(request: Request | string, options: CacheQueryOptions = {}): Promise<Response | undefined> {
    for (const store of this.stores.values()) {
      const found = await store.match(request, options);
      if (found) return found;
    }
    return undefined;
  }
}

export class FakeCache {
  full = false;
  kept = new Map<string, Response>();
  #host: FakeCaches["host"];

  constructor(host: FakeCaches["host"]) {
    this.#host = host;
  }

  /** Nothing is added with headers: a response that varies by `Origin` is not found by a request that has one. */
  async match(
    request: Request | string,
    { ignoreVary = false }: CacheQueryOptions = {},
  ): Promise<Response | undefined> {
    const kept = this.kept.get(urlOf(request));
    const varies =
      kept?.headers.get("Vary") === "Origin" && typeof request !== "string" && request.headers?.has("Origin");
    return varies && !ignoreVary ? undefined : kept?.clone();
  }

  async put(request: Request | string, response: Response): Promise<void> {
    if (this.full) throw new DOMException("", "QuotaExceededError");
    this.kept.set(urlOf(request), response);
  }

  add(request: Request | string): Promise<void> {
    return this.addAll([request]);
  }

  async addAll(requests: (Request | string)[]): Promise<void> {
    const answers = requests.map((request) => [urlOf(request), this.#host(urlOf(request))] as const);
    for (const [url, answer] of answers) if (!answer) throw new TypeError(url);
    for (const [url, answer] of answers) if (answer) this.kept.set(url, answer);
  }

  async keys(request: string): Promise<{ url: string }[]> {
    const path = (url: string) => url.replace(/\?.*/, "");
    return [...this.kept.keys()].filter((url) => path(url) === path(request)).map((url) => ({ url }));
  }

  async delete(request: { url: string } | string): Promise<boolean> {
    return this.kept.delete(typeof request === "string" ? request : request.url);
  }
}

function urlOf(request: Request | string): string {
  return typeof request === "string" ? request : request.url;
}

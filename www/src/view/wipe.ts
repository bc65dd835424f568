/**
 * The position of the wipe: it follows a mouse over the picture, returns to rest when the mouse leaves, and stays where
 * a click, a drag or a key has put it.
 */
export class Wipe {
  /** 0 shows only the after picture, 1 only the before picture. */
  at = 0.5;
  #rest = 0.5;
  #held = false;
  #frame = 0;
  #moved: () => void;

  constructor(moved: () => void) {
    this.#moved = moved;
  }

  get held(): boolean {
    return this.#held;
  }

  /** The mouse points here. */
  follow(at: number): void {
    if (!this.#held) this.#set(at);
  }

  /** The mouse has left. */
  leave(): void {
    if (!this.#held) this.glide(this.#rest);
  }

  /** Set deliberately; a passing mouse no longer moves it. */
  hold(at: number): void {
    this.#held = true;
    this.#set(at);
    this.#rest = this.at;
  }

  release(): void {
    this.#held = false;
    this.#rest = 0.5;
  }

  /** The first result of a picture: wipes from the right edge to the center. */
  reveal(): void {
    if (this.#held) return;
    this.at = 1;
    this.glide(this.#rest, 900);
  }

  /** Slides there, or jumps with reduced motion. */
  glide(to: number, milliseconds = 240): void {
    cancelAnimationFrame(this.#frame);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.#set(to);
    const from = this.at;
    const began = performance.now();
    const step = (now: number) => {
      const passed = Math.min(Math.max((now - began) / milliseconds, 0), 1);
      this.at = from + (to - from) * (1 - (1 - passed) ** 3);
      this.#moved();
      if (passed < 1) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #set(at: number): void {
    cancelAnimationFrame(this.#frame);
    this.at = Math.min(Math.max(at, 0), 1);
    this.#moved();
  }
}

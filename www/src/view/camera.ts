/** The common view of all pictures of a comparison, and the ways to move it. */

import type { Rect } from "../engine";
import { canPan, clamp, fit, type Point, pan, type Size, toPicture, type View, zoomAt } from "./viewport";

/** Requests of a zoom bar; factors, and device pixels per picture pixel. */
export type ZoomWish = { by: number } | { to: number } | "fit" | "actual";

export class Camera {
  view: View | null = null;
  frame: Size | null = null;
  /** Size of one picture's stage. */
  stage: Size = { width: 0, height: 0 };
  /** The part of the stage that a fitted picture may fill. */
  #room: Size = { width: 0, height: 0 };
  #moved: () => void;

  constructor(moved: () => void) {
    this.#moved = moved;
  }

  /** Switches to another picture, or another size of the same one: keeps the view, unless the aspect ratio changes. */
  look(frame: Size | null): void {
    const last = this.frame;
    if (frame?.width === last?.width && frame?.height === last?.height) return;
    this.frame = frame;
    if (!frame) this.view = null;
    else if (last && this.view && !this.view.fitted && sameShape(last, frame)) {
      const factor = frame.width / last.width;
      const { scale, center } = this.view;
      const moved = { scale: scale / factor, center: { x: center.x * factor, y: center.y * factor }, fitted: false };
      this.view = clamp(moved, frame, this.stage);
    } else this.view = fit(frame, this.#room);
  }

  resize(stage: Size, room: Size): void {
    this.stage = stage;
    this.#room = room;
    if (!this.frame) return;
    if (!this.view || this.view.fitted) this.#set(fit(this.frame, room));
    else this.#set(clamp(this.view, this.frame, stage));
  }

  get canPan(): boolean {
    return this.view !== null && this.frame !== null && canPan(this.view, this.frame, this.stage);
  }

  /** A place on the stage as fractions of the picture's width and height; may lie outside 0 to 1. */
  share(at: Point): Point {
    if (!this.view || !this.frame) return { x: 0.5, y: 0.5 };
    const { x, y } = toPicture(this.view, at, this.stage);
    return { x: x / this.frame.width, y: y / this.frame.height };
  }

  /** The visible part of the picture, as fractions of its width and height. */
  get seen(): Rect {
    if (!this.view || !this.frame) return { x: 0, y: 0, width: 1, height: 1 };
    const within = (value: number) => Math.min(Math.max(value, 0), 1);
    const [from, to] = [this.share({ x: 0, y: 0 }), this.share({ x: this.stage.width, y: this.stage.height })];
    const [x, y] = [within(from.x), within(from.y)];
    return { x, y, width: within(to.x) - x, height: within(to.y) - y };
  }

  fit(): void {
    if (this.frame) this.#set(fit(this.frame, this.#room));
  }

  pan(dx: number, dy: number): void {
    if (this.view && this.frame) this.#set(pan(this.view, dx, dy, this.frame, this.stage));
  }

  zoom(factor: number, at?: Point, dx = 0, dy = 0): void {
    if (this.view) this.#to(this.view.scale * factor, at, dx, dy);
  }

  toggleActual(at: Point): void {
    if (this.view?.fitted) this.#to(Math.max(1 / window.devicePixelRatio, this.view.scale * 2), at);
    else this.fit();
  }

  grant(wish: ZoomWish): void {
    if (wish === "fit") this.fit();
    else if (wish === "actual") this.#to(1 / window.devicePixelRatio);
    else if ("by" in wish) this.zoom(wish.by);
    else this.#to(wish.to / window.devicePixelRatio);
  }

  #to(scale: number, at?: Point, dx = 0, dy = 0): void {
    const { view, frame, stage } = this;
    if (!view || !frame) return;
    const zoomed = zoomAt(view, scale, at ?? { x: stage.width / 2, y: stage.height / 2 }, frame, stage);
    this.#set(dx || dy ? pan(zoomed, dx, dy, frame, stage) : zoomed);
  }

  #set(view: View): void {
    this.view = view;
    this.#moved();
  }
}

function sameShape(a: Size, b: Size): boolean {
  return Math.abs(a.width / a.height - b.width / b.height) < 0.01;
}

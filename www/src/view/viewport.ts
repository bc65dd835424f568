/**
 * Position of the picture on the stage. All stages of one comparison share one `View`, which keeps them in step.
 * Lengths on the stage are CSS pixels, lengths in the picture are picture pixels.
 */

import type { Rect } from "../engine";

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** The pixel at fractions of a picture's width and height, clamped to the picture. */
export function pixelAt({ x, y }: Point, { width, height }: Size): Point {
  const along = (share: number, length: number) => Math.min(Math.max(Math.floor(share * length), 0), length - 1);
  return { x: along(x, width), y: along(y, height) };
}

export interface View {
  /** CSS pixels per picture pixel. */
  scale: number;
  /** The picture point at the center of the stage. */
  center: Point;
  /** Whether it follows the stage's size, until the user zooms. */
  fitted: boolean;
}

export const MAX_SCALE = 32;
/** Small pictures are enlarged to fill the stage, but only up to this scale. */
const MAX_FIT_SCALE = 3;

export function fitScale(picture: Size, stage: Size): number {
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height, MAX_FIT_SCALE);
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}

export function fit(picture: Size, stage: Size): View {
  return { scale: fitScale(picture, stage), center: middle(picture), fitted: true };
}

export function minScale(picture: Size, stage: Size): number {
  return Math.min(fitScale(picture, stage), 1) / 2;
}

/** Limits the scale, and keeps the picture in sight: centered if it is smaller than the stage. */
export function clamp(view: View, picture: Size, stage: Size): View {
  const scale = Math.min(Math.max(view.scale, minScale(picture, stage)), MAX_SCALE);
  const along = (center: number, length: number, room: number) => {
    const half = room / scale / 2;
    return length <= 2 * half ? length / 2 : Math.min(Math.max(center, half), length - half);
  };
  return {
    scale,
    center: {
      x: along(view.center.x, picture.width, stage.width),
      y: along(view.center.y, picture.height, stage.height),
    },
    fitted: view.fitted,
  };
}

/** Zooms so that the picture point under `at` (on the stage) stays there. */
export function zoomAt(view: View, scale: number, at: Point, picture: Size, stage: Size): View {
  const limited = Math.min(Math.max(scale, minScale(picture, stage)), MAX_SCALE);
  const under = toPicture(view, at, stage);
  const center = {
    x: under.x - (at.x - stage.width / 2) / limited,
    y: under.y - (at.y - stage.height / 2) / limited,
  };
  return clamp({ scale: limited, center, fitted: false }, picture, stage);
}

/** Moves the picture by a distance on the stage. */
export function pan(view: View, dx: number, dy: number, picture: Size, stage: Size): View {
  const center = { x: view.center.x - dx / view.scale, y: view.center.y - dy / view.scale };
  return clamp({ ...view, center }, picture, stage);
}

export function toPicture(view: View, at: Point, stage: Size): Point {
  return {
    x: view.center.x + (at.x - stage.width / 2) / view.scale,
    y: view.center.y + (at.y - stage.height / 2) / view.scale,
  };
}

/** The picture's rectangle on the stage; it may reach beyond the stage. */
export function placed(view: View, picture: Size, stage: Size): Rect {
  return {
    x: stage.width / 2 - view.center.x * view.scale,
    y: stage.height / 2 - view.center.y * view.scale,
    width: picture.width * view.scale,
    height: picture.height * view.scale,
  };
}

/** The part of the stage that the picture covers. */
export function covered(view: View, picture: Size, stage: Size): Rect {
  const { x, y, width, height } = placed(view, picture, stage);
  const left = Math.max(x, 0);
  const top = Math.max(y, 0);
  return {
    x: left,
    y: top,
    width: Math.max(Math.min(x + width, stage.width) - left, 0),
    height: Math.max(Math.min(y + height, stage.height) - top, 0),
  };
}

/** Whether the picture is larger than the stage. */
export function canPan(view: View, picture: Size, stage: Size): boolean {
  return picture.width * view.scale > stage.width + 1 || picture.height * view.scale > stage.height + 1;
}

/** The visible squares of a grid over the picture with spacing `side`, nearest to the center first. */
export function visibleTiles(view: View, picture: Size, stage: Size, side: number): Rect[] {
  const from = toPicture(view, { x: 0, y: 0 }, stage);
  const to = toPicture(view, { x: stage.width, y: stage.height }, stage);
  const tiles: Rect[] = [];
  const first = (value: number) => Math.max(Math.floor(value / side), 0) * side;
  for (let y = first(from.y); y < Math.min(to.y, picture.height); y += side) {
    for (let x = first(from.x); x < Math.min(to.x, picture.width); x += side) {
      tiles.push({ x, y, width: Math.min(side, picture.width - x), height: Math.min(side, picture.height - y) });
    }
  }
  const distance = (tile: Rect) =>
    Math.hypot(tile.x + tile.width / 2 - view.center.x, tile.y + tile.height / 2 - view.center.y);
  return tiles.sort((a, b) => distance(a) - distance(b));
}

function middle(picture: Size): Point {
  return { x: picture.width / 2, y: picture.height / 2 };
}

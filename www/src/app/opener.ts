/** Opens the user's photos, masks and networks. */

import type { Client } from "../client";
import type { PictureInfo } from "../protocol";
import type { OwnModel } from "./catalogue";
import { type Cut, fitsIn, isWhole } from "./cut";
import { Desk } from "./desk";
import { type Dropped, gathered, isFolder } from "./drop";
import { copied, type Given, given, isOtherNetwork, isWeights, sorted, unnamedIn } from "./files";
import type { Outside } from "./keep";
import { Models } from "./models";
import { forOwnPhoto } from "./opening";
import { keptModel, ownModel } from "./own-model";
import { type PendingPhoto, pendingCopy, pendingKept, pendingPhoto, pendingResult, pendingSample } from "./pending";
import { forgetPhoto, keepPhoto, ownPhoto, type Photo } from "./photo";
import { sameSize } from "./pictures";
import { proposalOf } from "./proposal";
import type { ReadingId } from "./reading";
import { FIRST_SAMPLE, type SampleId } from "./samples";
import { noticeOf, plainNotice, usedSize } from "./state";
import { isLineArt } from "./strokes";
import { takesLines, tellsClasses, usualMode } from "./tasks";

/** Longer side of the copy in which line drawings are recognized. */
const LOOKED_AT = 128;

export abstract class Opener extends Desk {
  /** A picture that was tried as a mask and is none. */
  protected refused: Photo | null = null;
  /** Whether the user has removed their photo since the page was opened. */
  #forgotten = false;
  #models: Models;
  /** The photo from before a drawing. */
  #before: PendingPhoto | null = null;

  constructor(client: Client, outside: Outside, query = "") {
    super(client, outside, query);
    this.#models = new Models(this, this.bench);
  }

  /** Opens a sample, or the photo of the last visit for null; by default as in the settings. */
  async open(sample = this.state.settings.sample): Promise<void> {
    const { mode, cut, hints } = this.state.settings;
    const part = { cut, hints };
    await this.bringIn(sample ? pendingSample(sample, mode, part) : pendingKept(mode, part));
  }

  async openSample(id: SampleId, mode = usualMode(this.state.task)): Promise<void> {
    await this.bringIn(pendingSample(id, mode));
  }

  /** Opens photos, a model with its files, or both: the model then processes the photos. */
  openFiles(files: readonly File[]): Promise<void> {
    return this.#bring(given(files));
  }

  /** The same for a drop, which can hold folders. */
  async openDropped(what: Dropped): Promise<void> {
    if (what.length === 0)
      return this.update({ notice: plainNotice("error.drop-without-file", { actions: ["open"] }) });
    if (!what.some(isFolder)) return this.openFiles(what.filter((one) => one instanceof File));
    let found: Given[] | null = null;
    await this.attempt(async (signal) => {
      this.on({ kind: "gathers" });
      const tell = (count: number) => this.now({ kind: "gathering", found: count });
      tell(0);
      found = await gathered(what, tell, signal);
    });
    if (found) await this.#bring(found);
  }

  /** Answers `state.networks`: uses one of several networks. */
  pickNetwork(index: number): void {
    this.#models.pick(index);
  }

  /** Opens a mask, which the results are scored against. A photo that is still loading gets it once it is there. */
  async openMask(file: File): Promise<void> {
    const mask = ownPhoto(file, file.name);
    const mode = "test";
    this.adopt({ ...this.state.settings, mode });
    if (this.pending) return this.on({ kind: "chosen", change: { mask, mode } });
    await this.attempt(async (signal) => {
      this.#useMask(mask);
      await this.make(signal);
    });
  }

  /** Removes the user's photo from this device, and opens the first sample instead. */
  async forgetPhoto(): Promise<void> {
    this.#forgotten = true;
    await Promise.all([forgetPhoto(), this.openSample(FIRST_SAMPLE)]);
  }

  /** Answers `state.question`: sets the interpretation of the network's output. */
  answer(id: ReadingId): void {
    this.#models.answer(id);
  }

  /** Asks again how to interpret the own network's output. */
  async askAgain(): Promise<void> {
    const { own } = this.state;
    if (own) await this.useModel(own, true);
  }

  /** Crops, mirrors or rotates the photo; null: the whole photo as it was opened. */
  async cut(cut: Cut | null): Promise<void> {
    const { settings, photo } = this.state;
    if (!photo || this.pending) return;
    this.workshop.recut();
    const part = cut && !isWhole(cut, photo.size) && fitsIn(cut, photo.size) ? cut : null;
    this.adopt({ ...settings, cut: part }, true);
    if (this.photo && !this.photo.sample) void keepPhoto({ ...this.photo, cut: part });
    await this.again();
  }

  /** The whole photo, uncropped, small enough for a dialog; null if there is none. */
  async wholePhoto(maxSide: number): Promise<ImageBitmap | null> {
    if (!this.photo) return null;
    const { id } = await this.bench.whole(this.photo, new AbortController().signal);
    return this.client.call("preview", { picture: id, maxSide });
  }

  /** Starts a drawing on the methods' input, which is returned small enough for a dialog, or null if there is none. */
  async beginDrawing(maxSide: number): Promise<ImageBitmap | null> {
    const { input, settings } = this.state;
    const { mode, cut, hints } = settings;
    const { photo } = this;
    this.#before =
      photo &&
      (photo.sample ? pendingSample(photo.sample, mode, { cut, hints }) : pendingPhoto(photo, { mode, cut, hints }));
    return input && this.client.call("preview", { picture: input.picture, maxSide }).catch(() => null);
  }

  /** Opens the photo from before the drawing again. */
  async dropDrawing(): Promise<void> {
    if (this.#before) await this.bringIn(this.#before);
  }

  /** The chosen result, small enough for a dialog; null while there is none. */
  async chosenResult(maxSide: number): Promise<ImageBitmap | null> {
    const { results, chosen } = this.state;
    const result = results.find(({ id }) => id === chosen);
    if (result?.status !== "done" || result.picture === null) return null;
    return this.client.call("preview", { picture: result.picture, maxSide }).catch(() => null);
  }

  /** Takes a drawing as the photo; its chosen result, or null if another drawing came before it was there. */
  async draw(file: File, maxSide: number): Promise<ImageBitmap | null> {
    await this.bringIn(pendingPhoto(ownPhoto(file, file.name), { drawn: true }));
    return this.chosenResult(maxSide);
  }

  forgetMask(): void {
    this.workshop.useMask(null);
    void this.again();
  }

  /** Takes the chosen result as the next photo. */
  async useResult(): Promise<void> {
    await this.bringIn(pendingResult(this.keep.png(), this.keep.name(this.state.task.id), this.state.task.id));
  }

  protected async bringIn(asked: PendingPhoto): Promise<void> {
    const work = async (signal: AbortSignal) => {
      this.now({ kind: "decode" });
      await this.#recallModel(signal);
      const photo = await asked.find(signal);
      this.on({ kind: "reads", subject: photo.name });
      const isMask = await this.#isMask(photo, asked, signal);
      const pending = isMask ? this.#arrived(asked) : await this.#take(photo, asked, signal);
      if (isMask) this.#useMask(photo);
      if (pending.kept && photo.sample) {
        this.update({
          notice: plainNotice(this.#forgotten ? "notice.forgotten" : "notice.own-photo", { actions: ["open"] }),
        });
      }
      if (pending.mask) this.#useMask(pending.mask);
      // After a result the next task is proposed before the current one runs again.
      await this.make(signal, pending.after && proposalOf(this.state) ? "nothing" : "short");
    };
    await this.attempt(work, asked);
  }

  /** The requested photo with the choices made while it loaded; nothing is loading any more. */
  #arrived(asked: PendingPhoto): PendingPhoto {
    const pending = this.pending ?? asked;
    this.on({ kind: "arrives" });
    return pending;
  }

  async #bring(files: readonly Given[]): Promise<void> {
    const { pictures, models, others } = await sorted(files);
    const [first] = pictures;
    const [model] = models;
    if (model) return this.#bringModels(models, others, first ? photoOf(first, pictures) : this.pending);
    if (first) {
      const many = pictures.length > 1 ? [...pictures, ...others] : [];
      const leftOut = many.length > 0 ? [] : others.map(({ path }) => path);
      return this.bringIn(photoOf(first, many, { leftOut, mayBeMask: !this.pending && many.length === 0 }));
    }
    const [other] = others;
    if (!other) return this.update({ notice: plainNotice("error.nothing-to-open", { actions: ["open"] }) });
    const params = { name: other.file.name };
    if (isWeights(params.name)) return this.update({ notice: plainNotice("error.data-without-model", { params }) });
    if (isOtherNetwork(params.name)) return this.update({ notice: plainNotice("error.not-onnx", { params }) });
    return this.bringIn(photoOf(other, others)); // the decoder identifies the format, or reports the error
  }

  /** `pending`: the photo to process with it. */
  async #bringModels(models: readonly Given[], others: readonly Given[], pending: PendingPhoto | null): Promise<void> {
    let model = models[0];
    if (models.length > 1) {
      model = undefined;
      await this.attempt(async (signal) => {
        model = await this.#models.which(models, signal);
        pending = this.pending;
      }, pending);
    }
    if (!model) return pending ? this.bringIn(pending) : undefined;
    const data = Object.fromEntries(others.map(({ file, path }) => [path, file]));
    await this.useModel(ownModel(model.file, data), false, pending);
    const names = await unnamedIn(model.file, others);
    if (names.length > 0 && !this.state.notice) this.#tellLeftOut(names);
  }

  /** The own model of the last visit, if the settings name it. */
  async #recallModel(signal: AbortSignal): Promise<void> {
    if (!this.state.settings.methods.includes("own") || this.state.own) return;
    const own = await keptModel();
    signal.throwIfAborted();
    this.update({ own });
  }

  /** In mask mode, a picture of the photo's size is taken as a mask. */
  async #isMask({ file }: Photo, { mayBeMask }: PendingPhoto, signal: AbortSignal): Promise<boolean> {
    const { task, settings, photo } = this.state;
    if (!mayBeMask || !tellsClasses(task) || settings.mode !== "test" || !photo) return false;
    try {
      const picture = await this.client.call("decode", { file }, { signal });
      this.client.free("picture", picture.id);
      return [photo.size, usedSize(this.state)].some((size) => size && sameSize(size, picture));
    } catch {
      return false; // opening it as a photo reports the error
    }
  }

  #useMask(mask: Photo): void {
    this.refused = mask;
    this.workshop.useMask(mask);
  }

  /** Adopts a photo only once it has been decoded: a broken file changes nothing. */
  async #take(given: Photo, asked: PendingPhoto, signal: AbortSignal): Promise<PendingPhoto> {
    signal.throwIfAborted();
    this.now({ kind: "decode" });
    const photo = { ...given, file: await copied(given.file) };
    await this.workshop.engine(signal);
    this.now({ kind: "decode" }); // the engine may have reported its start
    const picture = await this.client.call("decode", { file: photo.file }, { signal });
    this.photo = photo;
    const pending = this.#arrived(asked);
    await this.bench.whole(photo, signal, picture);
    this.workshop.clear();
    this.waitFor(pending.many);
    const looksForLines = takesLines(this.state.task) && !photo.sample;
    const lines = pending.drawn || (looksForLines && (await this.#isLineArt(picture)));
    const { name } = photo;
    const { width, height, located = false, transparent = false, lossy = false } = picture;
    this.update({
      photo: { name, size: { width, height }, located, transparent, lossy, lines },
      expected: null,
      outcome: { kind: "ready" },
      look: null,
      noise: null,
    });
    const wished = pending.cut ?? given.cut;
    const cut = wished && fitsIn(wished, picture) ? wished : null;
    const hints = pending.kept && photo.sample ? [] : pending.hints; // hints of a photo that is not available
    const settings = photo.sample ? this.state.settings : forOwnPhoto(this.state.settings);
    // Networks that take lines get those of a photo, as its edges.
    const mode = looksForLines && !lines ? "test" : pending.mode;
    this.adopt({ ...settings, sample: photo.sample, mode, cut, hints });
    const looked = photo.sample ? null : this.#lookAt(photo, picture, pending.after);
    if (pending.after) await looked;
    const [notice] = picture.notices ?? [];
    if (notice) this.update({ notice: noticeOf(notice) });
    else if (pending.leftOut.length > 0) this.#tellLeftOut(pending.leftOut);
    if (!photo.sample) void keepPhoto({ ...photo, cut });
    return pending;
  }

  async #isLineArt({ id }: PictureInfo): Promise<boolean> {
    const preview = await this.client.call("preview", { picture: id, maxSide: LOOKED_AT }).catch(() => null);
    const { width, height } = preview ?? { width: 0, height: 0 };
    const context = preview && new OffscreenCanvas(width, height).getContext("2d");
    if (!context) return false;
    context.drawImage(preview, 0, 0);
    preview.close();
    return isLineArt(context.getImageData(0, 0, width, height).data);
  }

  #tellLeftOut(names: readonly string[]): void {
    this.update({ notice: plainNotice("notice.left-out", { params: { names: names.join(", ") } }) });
  }

  /** Finds out what the photo needs. A failed look proposes nothing. */
  async #lookAt(photo: Photo, { id }: PictureInfo, after: string | null): Promise<void> {
    const look = await this.client.call("firstLook", { picture: id }).catch(() => null);
    if (this.photo === photo && look)
      this.update({ look: { need: look.need, after }, noise: look.noise?.sigma ?? null });
  }

  /** `null`: only the shipped models. `pending`: the photo that is being loaded. */
  protected async useModel(given: OwnModel | null, again = false, pending = this.pending): Promise<void> {
    let used = false;
    await this.attempt(async (signal) => {
      this.on({ kind: "reads", subject: given?.name ?? "" });
      this.now({ kind: "compile" });
      await this.workshop.engine(signal);
      const own = given && (await this.#models.load(given, this.used, again, signal));
      const { settings } = this.state;
      this.update({ own });
      this.adopt(
        own ? this.#models.fitting(own) : { ...settings, methods: settings.methods.filter((id) => id !== "own") },
      );
      used = true;
      await this.again();
    }, pending);
    const { missed } = this;
    if (used || !pending || missed?.find !== pending.find) return;
    // A model that cannot be used does not block the photo; its error stays visible.
    const { notice } = this.state;
    const opening = this.bringIn(missed);
    this.update({ notice });
    await opening;
  }

  /**
   * Takes a smaller copy of the photo: with the longer side that the refusal named, or half the size after an
   * unforeseen lack of memory.
   */
  protected async reduce(side: number): Promise<void> {
    if (this.used) await this.bringIn(pendingCopy(this.bench, this.used, side, this.state.settings.mode));
  }
}

function photoOf({ file }: Given, many: readonly Given[], more: Partial<PendingPhoto> = {}): PendingPhoto {
  return pendingPhoto(ownPhoto(file, file.name), { many: many.length > 1 ? many : [], ...more });
}

/** What a person brings: photos, masks of them, networks. */

import type { Client } from "../client";
import type { PictureInfo } from "../protocol";
import type { OwnModel } from "./catalogue";
import { type Coming, comingBack, comingCopy, comingPhoto, comingResult, comingSample } from "./coming";
import { type Cut, fitsIn, isWhole } from "./cut";
import { Desk } from "./desk";
import { type Dropped, gathered, isFolder } from "./drop";
import { copied, type Given, given, isOtherNetwork, isWeights, sorted, unnamedIn } from "./files";
import type { Outside } from "./keep";
import { Models } from "./models";
import { forOwnPhoto } from "./opening";
import { keptModel, ownModel } from "./own-model";
import { forgetPhoto, keepPhoto, ownPhoto, type Photo } from "./photo";
import { sameSize } from "./pictures";
import { proposalOf } from "./proposal";
import type { ReadingId } from "./reading";
import { FIRST_SAMPLE, type SampleId } from "./samples";
import { noticeOf, plainNotice, usedSize } from "./state";
import { tellsClasses, usualMode } from "./tasks";

export abstract class Opener extends Desk {
  /** What was to be a mask and is none. */
  protected refused: Photo | null = null;
  /** Whether the person has removed their photo since the page was opened. */
  #forgotten = false;
  #models: Models;

  constructor(client: Client, outside: Outside, query = "") {
    super(client, outside, query);
    this.#models = new Models(this, this.bench);
  }

  /** Opens a sample, or for null the photo of the last visit; the one that the settings name, unless told. */
  async open(sample = this.state.settings.sample): Promise<void> {
    const { mode, cut, hints } = this.state.settings;
    const part = { cut, hints };
    await this.bringIn(sample ? comingSample(sample, mode, part) : comingBack(mode, part));
  }

  async openSample(id: SampleId, mode = usualMode(this.state.task)): Promise<void> {
    await this.bringIn(comingSample(id, mode));
  }

  /** Photos, a model with its files, or both: the model is used on them. */
  openFiles(files: readonly File[]): Promise<void> {
    return this.#bring(given(files));
  }

  /** The same of a drop, which can hold folders. */
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

  /** Which of several networks is to be used, in answer to `state.networks`. */
  pickNetwork(index: number): void {
    this.#models.pick(index);
  }

  /** What is true of the photo, class by class: the results are scored against it. One that is on its way gets it once it is there. */
  async openMask(file: File): Promise<void> {
    const mask = ownPhoto(file, file.name);
    const mode = "test";
    this.adopt({ ...this.state.settings, mode });
    if (this.coming) return this.on({ kind: "chosen", change: { mask, mode } });
    await this.attempt(async (signal) => {
      this.#useMask(mask);
      await this.make(signal);
    });
  }

  /** Removes the person's photo from this device, and opens the first sample in its place. */
  async forgetPhoto(): Promise<void> {
    this.#forgotten = true;
    await Promise.all([forgetPhoto(), this.openSample(FIRST_SAMPLE)]);
  }

  /** How the output of a person's network is to be read, in answer to `state.question`. */
  answer(id: ReadingId): void {
    this.#models.answer(id);
  }

  /** Asks once more how the output of the own network is to be read. */
  async askAgain(): Promise<void> {
    const { own } = this.state;
    if (own) await this.useModel(own, true);
  }

  /** Uses a part of the photo, mirrored or turned; null: all of it, as it came. */
  async cut(cut: Cut | null): Promise<void> {
    const { settings, photo } = this.state;
    if (!photo || this.coming) return;
    this.workshop.recut();
    const part = cut && !isWhole(cut, photo.size) && fitsIn(cut, photo.size) ? cut : null;
    this.adopt({ ...settings, cut: part }, true);
    if (this.photo && !this.photo.sample) void keepPhoto({ ...this.photo, cut: part });
    await this.again();
  }

  /** All of the photo, whatever part of it is used, and small enough for a dialog; null where there is none. */
  async wholePhoto(maxSide: number): Promise<ImageBitmap | null> {
    if (!this.photo) return null;
    const { id } = await this.bench.whole(this.photo, new AbortController().signal);
    return this.client.call("preview", { picture: id, maxSide });
  }

  forgetMask(): void {
    this.workshop.useMask(null);
    void this.again();
  }

  /** Takes the chosen result as the next photo. */
  async useResult(): Promise<void> {
    await this.bringIn(comingResult(this.keep.png(), this.keep.name(this.state.task.id), this.state.task.id));
  }

  protected async bringIn(asked: Coming): Promise<void> {
    const work = async (signal: AbortSignal) => {
      this.now({ kind: "decode" });
      await this.#recallModel(signal);
      const photo = await asked.find(signal);
      this.on({ kind: "reads", subject: photo.name });
      const isMask = await this.#isMask(photo, asked, signal);
      const coming = isMask ? this.#arrived(asked) : await this.#take(photo, asked, signal);
      if (isMask) this.#useMask(photo);
      if (coming.kept && photo.sample) {
        this.update({
          notice: plainNotice(this.#forgotten ? "notice.forgotten" : "notice.own-photo", { actions: ["open"] }),
        });
      }
      if (coming.mask) this.#useMask(coming.mask);
      // What is proposed for a result comes before the task that has made it.
      await this.make(signal, coming.after && proposalOf(this.state) ? "nothing" : "short");
    };
    await this.attempt(work, asked);
  }

  /** The photo that was asked for, with what has been chosen on its way; nothing is on its way any more. */
  #arrived(asked: Coming): Coming {
    const coming = this.coming ?? asked;
    this.on({ kind: "arrives" });
    return coming;
  }

  async #bring(files: readonly Given[]): Promise<void> {
    const { pictures, models, others } = await sorted(files);
    const [first] = pictures;
    const [model] = models;
    if (model) return this.#bringModels(models, others, first ? photoOf(first, pictures) : this.coming);
    if (first) {
      const many = pictures.length > 1 ? [...pictures, ...others] : [];
      const leftOut = many.length > 0 ? [] : others.map(({ path }) => path);
      return this.bringIn(photoOf(first, many, { leftOut, mayBeMask: !this.coming && many.length === 0 }));
    }
    const [other] = others;
    if (!other) return this.update({ notice: plainNotice("error.nothing-to-open", { actions: ["open"] }) });
    const params = { name: other.file.name };
    if (isWeights(params.name)) return this.update({ notice: plainNotice("error.data-without-model", { params }) });
    if (isOtherNetwork(params.name)) return this.update({ notice: plainNotice("error.not-onnx", { params }) });
    return this.bringIn(photoOf(other, others)); // the decoder knows better, or tells what is wrong
  }

  /** `coming`: the photo to use it on. */
  async #bringModels(models: readonly Given[], others: readonly Given[], coming: Coming | null): Promise<void> {
    let model = models[0];
    if (models.length > 1) {
      model = undefined;
      await this.attempt(async (signal) => {
        model = await this.#models.which(models, signal);
        coming = this.coming;
      }, coming);
    }
    if (!model) return coming ? this.bringIn(coming) : undefined;
    const data = Object.fromEntries(others.map(({ file, path }) => [path, file]));
    await this.useModel(ownModel(model.file, data), false, coming);
    const names = await unnamedIn(model.file, others);
    if (names.length > 0 && !this.state.notice) this.#tellLeftOut(names);
  }

  /** The own model of the last visit, where it is asked for. */
  async #recallModel(signal: AbortSignal): Promise<void> {
    if (!this.state.settings.methods.includes("own") || this.state.own) return;
    const own = await keptModel();
    signal.throwIfAborted();
    this.update({ own });
  }

  /** Where masks are asked for, a picture of the photo's size is taken for one. */
  async #isMask({ file }: Photo, { mayBeMask }: Coming, signal: AbortSignal): Promise<boolean> {
    const { task, settings, photo } = this.state;
    if (!mayBeMask || !tellsClasses(task) || settings.mode !== "test" || !photo) return false;
    try {
      const picture = await this.client.call("decode", { file }, { signal });
      this.client.free("picture", picture.id);
      return [photo.size, usedSize(this.state)].some((size) => size && sameSize(size, picture));
    } catch {
      return false; // opening it as a photo tells what is wrong
    }
  }

  #useMask(mask: Photo): void {
    this.refused = mask;
    this.workshop.useMask(mask);
  }

  /** Takes a photo on only once it has been read: a broken file leaves all as it was. */
  async #take(given: Photo, asked: Coming, signal: AbortSignal): Promise<Coming> {
    signal.throwIfAborted();
    this.now({ kind: "decode" });
    const photo = { ...given, file: await copied(given.file) };
    await this.workshop.engine(signal);
    this.now({ kind: "decode" }); // the engine may have told of its start
    const picture = await this.client.call("decode", { file: photo.file }, { signal });
    this.photo = photo;
    const coming = this.#arrived(asked);
    await this.bench.whole(photo, signal, picture);
    this.workshop.clear();
    this.waitFor(coming.many);
    const { name } = photo;
    const { width, height, located = false, transparent = false, lossy = false } = picture;
    this.update({
      photo: { name, size: { width, height }, located, transparent, lossy },
      expected: null,
      outcome: { kind: "ready" },
      look: null,
      noise: null,
    });
    const wished = coming.cut ?? given.cut;
    const cut = wished && fitsIn(wished, picture) ? wished : null;
    const hints = coming.kept && photo.sample ? [] : coming.hints; // of a photo that is not here
    const settings = photo.sample ? this.state.settings : forOwnPhoto(this.state.settings);
    this.adopt({ ...settings, sample: photo.sample, mode: coming.mode, cut, hints });
    const looked = photo.sample ? null : this.#lookAt(photo, picture, coming.after);
    if (coming.after) await looked;
    const [notice] = picture.notices ?? [];
    if (notice) this.update({ notice: noticeOf(notice) });
    else if (coming.leftOut.length > 0) this.#tellLeftOut(coming.leftOut);
    if (!photo.sample) void keepPhoto({ ...photo, cut });
    return coming;
  }

  #tellLeftOut(names: readonly string[]): void {
    this.update({ notice: plainNotice("notice.left-out", { params: { names: names.join(", ") } }) });
  }

  /** What could be done with it. A look that fails is none. */
  async #lookAt(photo: Photo, { id }: PictureInfo, after: string | null): Promise<void> {
    const look = await this.client.call("firstLook", { picture: id }).catch(() => null);
    if (this.photo === photo && look)
      this.update({ look: { need: look.need, after }, noise: look.noise?.sigma ?? null });
  }

  /** `null`: the shipped ones alone. `coming`: the photo that is on its way. */
  protected async useModel(given: OwnModel | null, again = false, coming = this.coming): Promise<void> {
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
    }, coming);
    const { missed } = this;
    if (used || !coming || missed?.find !== coming.find) return;
    // A model that cannot be used holds up no photo, and what is wrong with it is still to be read.
    const { notice } = this.state;
    const opening = this.bringIn(missed);
    this.update({ notice });
    await opening;
  }

  /** Takes a smaller copy of the photo: of the longer side that the refusal has named, or of half of it where memory ran out unforeseen. */
  protected async reduce(side: number): Promise<void> {
    if (this.used) await this.bringIn(comingCopy(this.bench, this.used, side, this.state.settings.mode));
  }
}

function photoOf({ file }: Given, many: readonly Given[], more: Partial<Coming> = {}): Coming {
  return comingPhoto(ownPhoto(file, file.name), { many: many.length > 1 ? many : [], ...more });
}

import { css, html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { Localized, t } from "../i18n";
import { icons } from "./icons";
import { dialogs, shared } from "./shared";

/** Whether the embedding page allows the camera, as far as the browser tells. */
export function mayUseCamera(): boolean {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature("camera") ?? true;
}

/** Takes a picture with the camera, in a dialog. Emits `taken` with a file. */
@customElement("up-camera")
export class CameraDialog extends Localized {
  @state() private stream: MediaStream | null = null;
  /** Whether there is a frame to take. */
  @state() private ready = false;
  @state() private refused = false;
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("video") private video!: HTMLVideoElement;

  static override styles = [
    shared,
    dialogs,
    css`
      dialog {
        width: 720px;
      }
      video {
        display: block;
        width: 100%;
        max-height: 60dvh;
        margin: 12px 0;
        border-radius: var(--radius);
        background: #000;
      }
      p {
        margin: 12px 0;
      }
    `,
  ];

  /** Number of openings and closings: a camera that was requested before the last of them is too late. */
  #turn = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (!this.hasUpdated) return;
    this.dialog.close(); // otherwise it could not be shown again
    this.#closed(); // its own event waits for the next frame
  }

  async show(): Promise<void> {
    const turn = ++this.#turn;
    this.refused = false;
    this.dialog.showModal();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1920 } },
      });
      if (turn !== this.#turn) return stop(stream);
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
      this.ready = turn === this.#turn;
    } catch {
      if (turn === this.#turn) this.refused = true; // no camera, no permission, or no secure context
    }
  }

  protected override render() {
    return html`<dialog aria-labelledby="title" @close=${this.#closed}>
      <div class="head">
        <h2 id="title">${t("camera.open")}</h2>
        <button class="icon plain" aria-label=${t("help.close")} @click=${() => this.dialog.close()}>${icons.close}</button>
      </div>
      ${this.refused ? html`<p role="alert">${t("camera.refused")}</p>` : nothing}
      <video ?hidden=${this.refused} muted playsinline aria-label=${t("camera.view")}></video>
      <div class="foot">
        <button class="primary" ?disabled=${!this.ready} @click=${this.#take}>${icons.camera} ${t("camera.take")}</button>
      </div>
    </dialog>`;
  }

  async #take(): Promise<void> {
    const { videoWidth: width, videoHeight: height } = this.video;
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d")?.drawImage(this.video, 0, 0);
    const png = await canvas.convertToBlob({ type: "image/png" });
    this.dialog.close();
    const detail = new File([png], `${t("camera.name")}.png`, { type: png.type });
    this.dispatchEvent(new CustomEvent<File>("taken", { detail }));
  }

  #closed(): void {
    this.#turn++;
    if (this.stream) stop(this.stream);
    this.stream = null;
    this.ready = false;
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

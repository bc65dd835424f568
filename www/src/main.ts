import { Playground } from "./app/playground";
import { Client, type WorkerLike } from "./client";
import "./elements/app";
import { App } from "./elements/app";
import "./styles.css";

const spawn = () =>
  new Worker(new URL("./worker/main.ts", import.meta.url), { type: "module", name: "engine" }) as WorkerLike;

/** Hands a file to the browser's downloads. */
function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const playground = new Playground(new Client(spawn), save);
const app = new App();
app.playground = playground;
document.body.append(app);
void playground.openSample();

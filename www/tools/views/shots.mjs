/** The shots of `tools/views.mjs`: every view, and its main states. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const QUICK = "backend=cpu&picture=chelsea";
const TWO = `with=nearest,bilinear&${QUICK}`;
const ENLARGE = `task=super-resolve-x2&with=bilinear,bicubic-filter&${QUICK}`;
const HINTS = "task=colorize&mode=apply&picture=camera&backend=cpu&hints=0.3,0.1,-8,-30;0.6,0.9,-20,30";
const PHOTO = "public/samples/camera.jpg"; // a gray one
const NETWORK = "../training/cases/reported/local-function.onnx"; // does not declare its output

/** Whether the controls are collapsed at first, behind a button. */
const isFolded = ({ width, height }) => width < 900 && !(width >= 640 && height <= 520);
/** Milliseconds that anything may take to appear. */
const PATIENCE = 150_000;

/** Presses a button; fails with its name if there is none visible. */
export const press =
  (name, role = "button") =>
  async (page) => {
    const button = page.getByRole(role, { name, exact: true }).first();
    await button.waitFor({ timeout: PATIENCE }).catch(() => {
      throw new Error(`there is no ${role} “${name}”`);
    });
    await button.click();
  };

/** Waits for a text; fails with it if it does not appear. */
export const see = (text) => async (page) => {
  const words = page.getByText(text).filter({ visible: true }).first();
  await words.waitFor({ timeout: PATIENCE }).catch(() => {
    throw new Error(`the words “${text}” do not appear`);
  });
};

const controls = async (page) => {
  if (isFolded(page.viewportSize())) await press("Show controls")(page);
};

/** Scrolls the controls down to a heading. */
const down = (heading) => async (page) => {
  const found = page.getByRole("heading", { name: heading, exact: true });
  await found.waitFor({ timeout: PATIENCE }).catch(() => {
    throw new Error(`there is no heading “${heading}”`);
  });
  await found.evaluate((each) => each.scrollIntoView({ block: "start" }));
};

/** Opens the lecture's contents, if they are collapsed. */
const contents = async (page) => {
  const summary = page.locator("slides-view summary");
  if (await summary.isVisible()) await summary.click();
};

const point = async (page) => {
  const { x, y, width, height } = await page.locator("up-compare .stage").first().boundingBox();
  await page.mouse.move(x + width * 0.6, y + height / 2);
};

const drop =
  (...files) =>
  async (page) => {
    const sent = files.map((file) =>
      typeof file === "string" ? { name: basename(file), base64: readFileSync(file).toString("base64") } : file,
    );
    await page.evaluate((sent) => {
      const data = new DataTransfer();
      for (const { name, base64 } of sent) {
        data.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
      }
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
    }, sent);
  };

const drag = (page) =>
  page.evaluate(() => {
    document.body.dispatchEvent(new DragEvent("dragover", { bubbles: true, cancelable: true }));
  });

const NOTES = { name: "notes of the meeting.jpg", base64: Buffer.from("hello").toString("base64") };
const CUT = {
  name: "cut off.jpg",
  base64: readFileSync("public/samples/chelsea.jpg").subarray(0, 9000).toString("base64"),
};
const done = see(/^(Done in|Xong trong)/);
const upToDate = see(/^Up to date$/);

/** By name: the address, and the steps from there. `on`: restricts the sizes. */
export const SHOTS = {
  opening: ["", done],
  playground: [`#${QUICK}`, done],
  grid: [`#${TWO}&layout=grid&tools=table`, done],
  enlarge: [`#${ENLARGE}&mode=apply&layout=grid`, done, controls, down("Size of the result")],
  "enlarge-test": [`#${ENLARGE}&mode=test&tools=table&size=3`, done, controls, down("Test scale")],
  difference: [`#${TWO}&layout=grid&tools=difference`, done],
  tools: [`#${TWO}&tools=lens,probe`, done, point],
  segment: [`#task=segment&mode=test&${QUICK}`, done, controls, down("The photo")],
  cutout: [`#task=segment&labels=cutout&layout=grid&${QUICK}`, done],
  colorize: ["#task=colorize&mode=apply&picture=camera&backend=cpu", done, controls, down("Adjust")],
  "colorize-grid": [
    "#task=colorize&mode=test&picture=coffee&backend=cpu&layout=grid&with=bilinear,gray-filter&tools=table",
    done,
  ],
  unchanged: [
    "#task=colorize&mode=test&picture=camera&backend=cpu&layout=grid&tools=table",
    see("The damage changed nothing in this photo"),
  ],
  hints: [`#${HINTS}`, done, press("Color hint"), see(/^Choose a place/)],
  "hint-colors": [`#${HINTS}`, done, press("Color hint"), press("In the middle"), see(/^Likely here/)],
  wipe: [`#${ENLARGE}&mode=apply&chosen=bilinear&left=bicubic-filter`, done, press("1:1, actual size")],
  "old-photo": [`#task=old-photo&mode=test&${QUICK}`, done, controls, down("The photo")],
  controls: [`#${QUICK}`, done, controls],
  crop: [`#${QUICK}`, done, controls, press("Crop and rotate")],
  camera: [`#${QUICK}`, done, controls, press("Take a picture")],
  menu: [`#${QUICK}`, done, press("More ways to save")],
  save: [`#${QUICK}`, done, press("More ways to save"), press("Save as another format"), see(/^\d[\d.]* kB$/)],
  keys: [`#${QUICK}`, done, (page) => page.keyboard.press("?"), see("Keyboard and mouse")],
  drag: [`#${QUICK}`, done, drag, see("Drop photos or an ONNX model")],
  proposal: [`#${QUICK}`, done, drop(PHOTO), see("This looks black and white."), done],
  "no-gpu": ["#picture=chelsea&backend=webgpu", see("Use the CPU")],
  "link-of-own": ["#task=deblur&mode=apply&picture=own&backend=cpu", see("Open another photo")],
  share: [`#${QUICK}`, done, press("Share or embed"), see("Embed this")],
  error: [`#${QUICK}`, done, drop(NOTES), see("notes of the meeting.jpg")],
  damaged: [`#${QUICK}`, done, drop(CUT), see("This JPEG file is incomplete"), done],
  many: [`#${QUICK}`, done, drop(PHOTO, "public/samples/coffee.jpg"), see("2 files."), done],
  question: [`#${QUICK}`, done, drop(NETWORK), see("Its file does not say.")],
  networks: [`#${QUICK}`, done, drop(NETWORK, NETWORK.replace("local-function", "equal_mask")), see("Which network?")],
  inspect: ["#inspect?backend=cpu", upToDate],
  "inspect-segment": ["#inspect?backend=cpu&task=segment&node=up1.cat", upToDate],
  "inspect-cut": ["#inspect?backend=cpu&beside=nearest&cut=enc1>cat1.concat", upToDate],
  "inspect-times": ["#inspect?backend=cpu", upToDate, down("Where the time goes")],
  learn: ["#learn?step=0", upToDate],
  "learn-random": ["#learn?random=1", upToDate],
  ...Object.fromEntries(
    ["bilinear", "pixel-shuffle", "max-unpool", "transposed-conv-3", "transposed-conv-uneven"].map((example) => [
      `lab-${example}`,
      [`#lab/${example}`, see(/^Output/)],
    ]),
  ),
  gallery: ["#gallery", see("Networks compared")],
  slides: ["#slides", see("The loss: cross-entropy")],
  "slides-figures": ["#slides/l1", see("The loss: L1")],
  "slides-contents": ["#slides", see("The loss: cross-entropy"), contents],
  help: ["help/index.html", see("API reference")],
  vietnamese: [
    `?lang=vi#${QUICK}`,
    done,
    async (page) => isFolded(page.viewportSize()) && press("Hiện bảng điều khiển")(page),
  ],
  "vietnamese-lab": ["?lang=vi#lab/transposed-conv-3", see(/^Đầu ra/)],
};

/** States of the lab that are compared with PyTorch: every preset, and further settings. */

import { PRESET_IDS, PRESETS, type PresetId } from "../src/lab/presets";
import { parseSettings, type Settings } from "../src/lab/settings";

const MORE: [string, PresetId, string][] = [
  ["nearest-3", "nearest", "factor=3&input=1,-2,3;0.5,7,9"],
  ["bilinear-4", "bilinear", "factor=4&input=1,-2,3;0.5,7,9"],
  ["bilinear-corners-3", "bilinear", "factor=3&alignCorners=true&input=1,-2,3;0.5,7,9;4,4,0"],
  ["bicubic-corners", "bicubic", "factor=3&alignCorners=true"],
  [
    "pixel-shuffle-two",
    "pixel-shuffle",
    "input=0,1;2,3|4,5;6,7|8,9;10,11|12,13;14,15|16,17;18,19|20,21;22,23|24,25;26,27|28,29;30,31",
  ],
  ["max-unpool-odd", "max-unpool", "input=1,2,3,4,5;9,8,7,6,5;1,3,5,7,9;-1,-2,-3,-4,-5;0,6,0,6,0"],
  ["max-unpool-overlap", "max-unpool", "kernelSize=3&padding=1"],
  ["max-unpool-one", "max-unpool", "input=1,2,3;4,5,6;7,8,9&stride=4&padding=1"],
  ["transposed-conv-gaps", "transposed-conv-2", "stride=4&outputPadding=3&bias=-0.25"],
  ["transposed-conv-wide", "transposed-conv-3", "stride=1&padding=2&input=1,2,3;4,5,6;7,8,9"],
];

export interface LabCase {
  name: string;
  /** The page's own settings. */
  hash: string;
  settings: Settings;
}

export const LAB_CASES: LabCase[] = [
  ...PRESET_IDS.map((name) => ({ name, hash: `#lab/${name}`, settings: PRESETS[name] as Settings })),
  ...MORE.map(([name, preset, query]) => ({
    name,
    hash: `#lab/${preset}?${query}`,
    settings: parseSettings(query, PRESETS[preset]),
  })),
];

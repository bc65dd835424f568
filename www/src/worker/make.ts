import type { Engine, Picture } from "../engine";
import { CallError, messageOf, type Recipe } from "../protocol";

/** Makes a picture from other pictures, in the engine. */
export async function make(
  engine: Engine,
  recipe: Recipe,
  picture: (id: number) => Picture,
  signal: AbortSignal,
): Promise<Picture> {
  const source = picture(recipe.of);
  switch (recipe.make) {
    case "filtered":
      return engine.filter(source, recipe.how, { signal });
    case "mixed":
      return engine.mix(picture(recipe.over), source, { strength: recipe.strength, signal });
    case "difference":
      return engine.difference(source, picture(recipe.from), { gain: recipe.gain, signal });
    case "drawn-labels":
      return engine.view(picture(recipe.over), source, recipe.how);
    case "labels":
      return labelled(engine, source, recipe.classes);
    case "cut": {
      const { rect, quarters, mirrored } = recipe.cut;
      return source.cut(rect.x, rect.y, rect.width, rect.height, quarters, mirrored);
    }
    case "reduced":
      return source.thumbnail(recipe.maxSide);
  }
}

function labelled(engine: Engine, mask: Picture, classes: number): Picture {
  try {
    return engine.labels(mask, classes);
  } catch (error) {
    throw new CallError("invalid-mask", messageOf(error));
  }
}

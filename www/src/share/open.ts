import type { Route } from "../app/router";
import { fromBase } from "../app/samples";
import { isMasked, type State } from "../app/state";
import { ShareDialog } from "./dialog";

/** Opens the dialog for the view in the address. `state`: of the playground, whose photo the view may show. */
export async function openShare(route: Route, state: State | null): Promise<void> {
  const settings = new URLSearchParams(route.query);
  const methods = ["with", "chosen", "left", "model"].flatMap((name) => (settings.get(name) ?? "").split(","));
  const dialog = Object.assign(new ShareDialog(), {
    base: fromBase("./"),
    route,
    files: {
      photo: settings.get("picture") === "own" ? (state?.photo?.name ?? "") : null,
      model: methods.includes("own") ? (state?.own?.name ?? "") : null,
      mask: state !== null && route.view === "playground" && isMasked(state),
    },
  });
  document.body.append(dialog);
  await dialog.show();
}

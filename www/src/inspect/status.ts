/** The inspector's current activity in words. */

import { bytes, t } from "../i18n";
import type { Inspector } from "./inspector";

export function activityWords(inspector: Inspector): string {
  const { activity } = inspector.playground.state;
  if (activity?.kind === "download") return t("status.download.open", { loaded: bytes(activity.loaded) });
  if (activity && activity.kind !== "compute" && activity.kind !== "batch") return t(`status.${activity.kind}`);
  const { now, stopped } = inspector.queue;
  if (stopped) return t("status.stopped");
  const kind = now?.split(" ", 1)[0];
  switch (kind) {
    case undefined:
      return inspector.notice ? t("status.failed") : inspector.inspected.value ? t("inspect.ready") : "";
    case "attention":
      return t("inspect.doing.attention");
    case "thumbnail":
      return t("inspect.doing.thumbnail");
    case "times":
      return t("inspect.doing.times");
    case "output":
    case "difference":
      return t("inspect.doing.output");
    case "loss":
      return t("status.score");
    default:
      return t("inspect.doing.maps");
  }
}

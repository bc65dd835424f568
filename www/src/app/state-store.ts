import type { Activity, State } from "./state";

/** The state, and the only way to change it. Emits `change`. */
export class Store extends EventTarget {
  state: State;

  constructor(state: State) {
    super();
    this.state = state;
  }

  update(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.dispatchEvent(new Event("change"));
  }

  now(activity: Activity | null): void {
    this.update({ activity });
  }
}

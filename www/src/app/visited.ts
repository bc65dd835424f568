/** Whether this browser has visited before. */

const STORED = "visited";

/** False where storage is forbidden, since the first visit would never end. */
export function isFirstVisit(): boolean {
  try {
    return localStorage.getItem(STORED) === null;
  } catch {
    return false;
  }
}

/** Ends the first visit; returns whether that could be stored, since otherwise every visit would be the first. */
export function noteVisit(): boolean {
  try {
    localStorage.setItem(STORED, "1");
    return true;
  } catch {
    return false;
  }
}

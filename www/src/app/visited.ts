/** Whether this browser has been here before. */

const STORED = "visited";

/** Where storage is forbidden, a first visit could never end: there is none. */
export function isFirstVisit(): boolean {
  try {
    return localStorage.getItem(STORED) === null;
  } catch {
    return false;
  }
}

/** It is no longer the first; gives whether that could be noted, or every visit would be. */
export function noteVisit(): boolean {
  try {
    localStorage.setItem(STORED, "1");
    return true;
  } catch {
    return false;
  }
}

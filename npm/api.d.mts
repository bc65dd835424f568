/** The text of docs/api.md, generated from the declarations in a folder. */
export function reference(folder: string): string;

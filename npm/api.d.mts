/** The text of docs/api.md, from the declarations in a folder. */
export function reference(folder: string): string;

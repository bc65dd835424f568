/** Importing it defines `<unet-playground>`; docs/embedding.md describes the element. */
export {};

/** Where each design comes from, and the block that makes it what it is. */

export interface Paper {
  /** Authors, year and the network's name. */
  paper: string;
  /** b: bicubic interpolation; PS: pixel shuffle; W: convolutions; σ: the logistic function; [ ]: concatenation. */
  formula: string;
}

export const PAPERS: Readonly<Record<string, Paper>> = {
  "pre-upsampling": { paper: "Kim, Lee, Lee 2016 (VDSR)", formula: "b(x) + F(b(x))" },
  "post-upsampling": { paper: "Shi et al. 2016 (ESPCN)", formula: "b(x) + PS₄(F(x))" },
  progressive: { paper: "Lai et al. 2017 (LapSRN)", formula: "y₂ = b₂(x) + F₁(x), y₄ = b₂(y₂) + F₂(x)" },
  "iterative-up-down": { paper: "Haris, Shakhnarovich, Ukita 2018 (DBPN)", formula: "h = W↑x, h + W↑(W↓h − x)" },
  residual: { paper: "Lim et al. 2017 (EDSR)", formula: "x + W₂ ReLU(W₁x)" },
  recursive: { paper: "Tai, Yang, Liu 2017 (DRRN)", formula: "x ← x + W₂ ReLU(W₁x), 4×" },
  "channel-attention": { paper: "Zhang et al. 2018 (RCAN)", formula: "x + y · σ(W₂ ReLU(W₁ mean(y)))" },
  dense: { paper: "Zhang et al. 2018 (RDN)", formula: "xᵢ = ReLU(Wᵢ[x₀, …, xᵢ₋₁])" },
  "multi-path": { paper: "Li et al. 2018 (MSRN)", formula: "x + W ReLU([W₃ₓ₃x, W₅ₓ₅x])" },
  "multi-scale": { paper: "Lim et al. 2017 (MDSR)", formula: "yₛ = bₛ(x) + PSₛ(WₛF(x)), s = 2, 3, 4" },
  "group-convolution": { paper: "Ahn, Kang, Sohn 2018 (CARN-M)", formula: "x + W₁ₓ₁ ReLU(W₂ ReLU(W₁x)), 4 groups" },
  "pyramid-pooling": { paper: "Zhao et al. 2017 (PSPNet)", formula: "x + W[x, ↑mean₂(x), …, ↑mean₁₆(x)]" },
};

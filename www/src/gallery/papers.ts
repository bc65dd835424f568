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
  "best-quality": { paper: "Lim et al. 2017 (EDSR)", formula: "b(x) + PS(F(x)), xᵢ₊₁ = xᵢ + W₂ ReLU(W₁xᵢ), 10×" },
  dense: { paper: "Zhang et al. 2018 (RDN)", formula: "xᵢ = ReLU(Wᵢ[x₀, …, xᵢ₋₁])" },
  "multi-path": { paper: "Li et al. 2018 (MSRN)", formula: "x + W ReLU([W₃ₓ₃x, W₅ₓ₅x])" },
  "multi-scale": { paper: "Lim et al. 2017 (MDSR)", formula: "yₛ = bₛ(x) + PSₛ(WₛF(x)), s = 2, 3, 4" },
  "group-convolution": { paper: "Ahn, Kang, Sohn 2018 (CARN-M)", formula: "x + W₁ₓ₁ ReLU(W₂ ReLU(W₁x)), 4 groups" },
  dncnn: { paper: "Zhang et al. 2017 (DnCNN)", formula: "x + W ReLU(BN(W … ReLU(W x)))" },
  ffdnet: { paper: "Zhang, Zuo, Zhang 2018 (FFDNet)", formula: "x + PS₂(F([x↓₂, σ]))" },
  rednet: { paper: "Mao, Shen, Yang 2016 (REDNet)", formula: "ReLU(Wᵀy + xᵢ), mirrored" },
  nafnet: { paper: "Chen et al. 2022 (NAFNet)", formula: "x + W(a · b · W mean(a · b)), [a, b] = W norm(x)" },
  convolutions: { paper: "He et al. 2016 (ResNet)", formula: "x + W₂ ReLU(W₁x), 2×" },
  "trans-unet": {
    paper: "Chen et al. 2021 (TransUNet)",
    formula: "x + softmax(QᵀK / √d) V, 4×",
  },
  "u-netmer": {
    paper: "He et al. 2023 (U-Netmer)",
    formula: "½ Σ join(D(A(join(E(patchesₙ(x)))))), n = 2, 4",
  },
  "u-net": { paper: "Ronneberger, Fischer, Brox 2015 (U-Net)", formula: "min ‖f(x + n) − x‖²" },
  noise2noise: { paper: "Lehtinen et al. 2018 (Noise2Noise)", formula: "min ‖f(x + n₁) − (x + n₂)‖²" },
  "blind-spot": { paper: "Krull, Buchholz, Jug 2019 (Noise2Void)", formula: "min ‖m · (f(hidden(y, m)) − y)‖²" },
  "pyramid-pooling": { paper: "Zhao et al. 2017 (PSPNet)", formula: "x + W[x, ↑mean₂(x), …, ↑mean₁₆(x)]" },
};

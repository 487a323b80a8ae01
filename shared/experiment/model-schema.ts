import { z } from 'zod'

/** Initial weights that `model.init` may name; anything else is a .safetensors file. */
export const initKinds = ['default', 'xavier', 'orthogonal', 'identity'] as const

export const modelSchema = z.object({
  cell: z.enum(['rnn', 'gru', 'lstm']),
  /** Of the Elman cell only. */
  activation: z.enum(['tanh', 'relu']).default('tanh'),
  hiddenSize: z.int().min(1).max(8192),
  layers: z.int().min(1).max(16).default(1),
  bidirectional: z.boolean().default(false),
  /** Share of the outputs of each layer but the last that are dropped while training, as torch.nn.LSTM(dropout). */
  dropout: z.number().min(0).max(0.95).default(0),
  /** The same for what enters the first layer: the embedding, the values or the one-hot token. */
  inputDropout: z.number().min(0).max(0.95).default(0),
  /** null: tokens enter one-hot. */
  embeddingSize: z.int().min(1).max(8192).nullable().default(null),
  /** Of encoder and decoder only: each output also reads a mean of the encoder's states, weighted by their likeness (Luong et al. 2015). */
  attention: z.boolean().default(false),
  /** default | xavier | orthogonal | identity (Elman: U = I) | a .safetensors file beside the experiment. */
  init: z.string().default('default'),
  /** Added to the forget gate's bias of fresh LSTM weights; 1 is common. */
  forgetBias: z.number().min(-10).max(10).default(0),
})

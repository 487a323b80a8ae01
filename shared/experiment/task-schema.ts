import { z } from 'zod'

export const taskSchema = z.object({
  output: z.enum(['every-step', 'last-step', 'sequence']),
  loss: z.enum(['cross-entropy', 'mse', 'mae', 'huber']),
  /** Share of the target that is spread over all classes while training (Szegedy et al. 2016); 0 when absent. Validation is without it. */
  labelSmoothing: z.number().min(0).lt(1).optional(),
  /**
   * What each class counts in the training loss (all alike when absent): 'balanced' is N / (C · n_c) over the training part, C the classes that occur.
   * The loss is Σ w·(−log p) / Σ w, as PyTorch has it. Validation counts all alike, to stand beside the baselines.
   */
  classWeights: z.union([z.literal('balanced'), z.array(z.number().min(0)).min(1)]).nullish(),
})

/** How often each class was taken for each: [actual, predicted], row-major. */
export interface ConfusionMatrix {
  classes: number
  counts: Uint32Array
}

/** The figures of a confusion matrix. Those of classes that never occur are left out of the means. */
export interface ClassificationScores {
  accuracy: number
  balancedAccuracy: number
  f1: number
}

export function confusionMatrix(classes: number): ConfusionMatrix {
  return { classes, counts: new Uint32Array(classes * classes) }
}

/** Counts one answer. */
export function countAnswer({ classes, counts }: ConfusionMatrix, actual: number, predicted: number): void {
  counts[actual * classes + predicted]!++
}

/**
 * With n_ij answers j on members of class i, over the classes that occur or were answered:
 *   accuracy          = Σ_i n_ii / Σ_ij n_ij
 *   recall_i          = n_ii / Σ_j n_ij
 *   balanced accuracy = mean of recall_i over the classes that occur
 *   F1_i              = 2 n_ii / (Σ_j n_ij + Σ_j n_ji)
 *   F1 (macro)        = mean of F1_i over the classes that occur or were answered
 * as scikit-learn's accuracy_score, balanced_accuracy_score and f1_score(average="macro").
 * @see Brodersen, Ong, Stephan & Buhmann 2010 (balanced accuracy); van Rijsbergen 1979 (F)
 */
export function classificationScores({ classes, counts }: ConfusionMatrix): ClassificationScores {
  let [total, right, recalls, occurring, f1s, involved] = [0, 0, 0, 0, 0, 0]
  for (let id = 0; id < classes; id++) {
    let [members, answers] = [0, 0]
    for (let other = 0; other < classes; other++) {
      members += counts[id * classes + other]!
      answers += counts[other * classes + id]!
    }
    const hits = counts[id * classes + id]!
    total += members
    right += hits
    if (members + answers === 0) continue
    involved++
    f1s += 2 * hits / (members + answers)
    if (members === 0) continue
    occurring++
    recalls += hits / members
  }
  return { accuracy: right / total, balancedAccuracy: recalls / occurring, f1: f1s / involved }
}

/** The place of the largest of `count` values from `at` on; the first of equals. */
export function argmax(values: ArrayLike<number>, at = 0, count = values.length - at): number {
  let best = 0
  for (let index = 1; index < count; index++) if (values[at + index]! > values[at + best]!) best = index
  return best
}

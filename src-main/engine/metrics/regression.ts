/** Errors of forecasts in the data's own units, gathered one by one. */
export class ForecastErrors {
  private absolute = 0
  private squares = 0
  private relative = 0
  count = 0

  add(actual: number, predicted: number): void {
    const error = Math.abs(actual - predicted)
    const size = Math.abs(actual) + Math.abs(predicted)
    this.count++
    this.absolute += error
    this.squares += error * error
    // Nothing forecast as nothing is right, not 0/0.
    if (size > 0) this.relative += 2 * error / size
  }

  /** Mean absolute error:  MAE = (1/n) Σ |y_t − ŷ_t| */
  get mae(): number { return this.absolute / this.count }

  /** Root mean squared error:  RMSE = √((1/n) Σ (y_t − ŷ_t)²) */
  get rmse(): number { return Math.sqrt(this.squares / this.count) }

  /**
   * Symmetric mean absolute percentage error, in percent, 0 to 200:  (100/n) Σ 2 |y_t − ŷ_t| / (|y_t| + |ŷ_t|)
   * @see Makridakis & Hibon 2000 (M3)
   */
  get smape(): number { return 100 * this.relative / this.count }

  /**
   * Mean absolute scaled error: MAE over that of the seasonal naive forecast within the training part. Below 1 is better than it.
   * @param naiveError `seasonalNaiveError`
   * @see Hyndman & Koehler 2006
   */
  mase(naiveError: number): number { return this.mae / naiveError }
}

/**
 * What MASE divides by: the mean absolute error of forecasting each training value by the one a season before.
 *   (1/(n − m)) Σ_{t=m}^{n−1} |y_t − y_{t−m}|
 * @param training in its own units   @param season m, 1 where there is none
 * @returns NaN when the training part is no longer than a season
 */
export function seasonalNaiveError(training: ArrayLike<number>, season = 1): number {
  let sum = 0
  for (let at = season; at < training.length; at++) sum += Math.abs(training[at]! - training[at - season]!)
  return training.length > season ? sum / (training.length - season) : NaN
}

/** Smallest and largest of each column over stretches of `bucket` rows: what a narrow screen shows of many steps. */
export function bucketed(values: Float32Array, width: number, bucket: number): { least: Float32Array; most: Float32Array } {
  const rows = values.length / width
  const buckets = Math.ceil(rows / bucket)
  const [least, most] = [new Float32Array(buckets * width).fill(Infinity), new Float32Array(buckets * width).fill(-Infinity)]
  for (let row = 0; row < rows; row++) {
    const to = Math.floor(row / bucket) * width
    let from = row * width
    for (let at = to; at < to + width; at++, from++) {
      const value = values[from]!
      if (value < least[at]!) least[at] = value
      if (value > most[at]!) most[at] = value
    }
  }
  return { least, most }
}

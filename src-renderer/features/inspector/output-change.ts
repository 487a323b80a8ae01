/** How far two outputs of each step are from each other: KL(p‖q) of classes in nats, mean |Δy| of numbers. */
export function outputChanges(before: Float32Array, after: Float32Array, width: number, classes: boolean): Float32Array {
  const steps = Math.min(before.length, after.length) / width
  return Float32Array.from({ length: steps }, (_, step) => {
    const [a, b] = [before.subarray(step * width, (step + 1) * width), after.subarray(step * width, (step + 1) * width)]
    if (!classes) return a.reduce((sum, value, at) => sum + Math.abs(b[at]! - value), 0) / width
    const [la, lb] = [logSum(a), logSum(b)]
    return Math.max(0, a.reduce((sum, value, at) => sum + Math.exp(value - la) * (value - la - b[at]! + lb), 0))
  })
}

function logSum(y: Float32Array): number {
  const most = y.reduce((largest, value) => Math.max(largest, value), -Infinity)
  return most + Math.log(y.reduce((sum, value) => sum + Math.exp(value - most), 0))
}

/** The classes that are likeliest in either, with both probabilities; or every output of numbers with both values. */
export function sideBySide(before: Float32Array, after: Float32Array, names: readonly string[], classes: boolean, count = 10): { name: string; before: number; after: number }[] {
  const share = (y: Float32Array) => {
    const total = logSum(y)
    return classes ? y.map((value) => Math.exp(value - total)) : y
  }
  const [p, q] = [share(before), share(after)]
  const all = Array.from(p, (value, at) => ({ name: names[at] ?? String(at), before: value, after: q[at]! }))
  return classes ? all.sort((a, b) => Math.max(b.before, b.after) - Math.max(a.before, a.after)).slice(0, count) : all.slice(0, 40)
}

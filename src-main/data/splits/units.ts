/** Items that have to stay in one part, as sets that share none. */
export interface Units {
  /** Unit of each item, numbered in the order in which they are met. */
  of: Int32Array
  /** Items of each unit, ascending. */
  members: number[][]
}

/**
 * Joins items that have a key in common, by any of the lists, and whatever hangs together through others (union–find).
 * @param keys lists of one key an item
 */
export function unitsOf(count: number, keys: readonly (readonly string[])[]): Units {
  const parent = Int32Array.from({ length: count }, (_, index) => index)
  const rootOf = (index: number): number => {
    let root = index
    while (parent[root] !== root) root = parent[root]!
    while (parent[index] !== root) [parent[index], index] = [root, parent[index]!]
    return root
  }
  for (const list of keys) {
    const first = new Map<string, number>()
    for (let index = 0; index < count; index++) {
      const before = first.get(list[index]!)
      if (before === undefined) first.set(list[index]!, index)
      else {
        const [a, b] = [rootOf(before), rootOf(index)]
        // The earlier item is the root, so that units are numbered by it.
        parent[Math.max(a, b)] = Math.min(a, b)
      }
    }
  }
  const unitAt = new Map<number, number>()
  const members: number[][] = []
  const of = Int32Array.from({ length: count }, (_, index) => {
    const root = rootOf(index)
    let unit = unitAt.get(root)
    if (unit === undefined) {
      unit = members.push([]) - 1
      unitAt.set(root, unit)
    }
    members[unit]!.push(index)
    return unit
  })
  return { of, members }
}

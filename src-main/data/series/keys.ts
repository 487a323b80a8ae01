import { UnrollError } from '@shared/errors'

/** Series told apart by a key. */
const mostKeys = 1_000_000

/** The values of a key column, numbered in the order they are met. */
export class Keys {
  readonly names: string[] = []
  private readonly ids = new Map<string, number>()

  idOf(name: string): number {
    const known = this.ids.get(name)
    if (known !== undefined) return known
    if (this.names.length === mostKeys) {
      throw new UnrollError('dataset.too-many-series', `The key column has more than ${mostKeys.toLocaleString('en')} different values; each would be a series.`, { hint: 'Choose the column that says which series a row belongs to.', where: { parameter: 'data.key' } })
    }
    this.ids.set(name, this.names.length)
    return this.names.push(name) - 1
  }
}

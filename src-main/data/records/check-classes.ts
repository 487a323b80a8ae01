import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'

const mostClasses = 10_000

/** @throws UnrollError `dataset.classes` when there are too few or too many to tell apart */
export function checkClasses(path: string, classes: readonly string[], count: number): void {
  const name = basename(path)
  if (classes.length < 2) {
    throw new UnrollError('dataset.classes', `All ${count} records of ${name} have the class ${JSON.stringify(classes[0])}; telling classes apart takes at least two.`, { hint: 'Name another column as data.label, or add records of another class.', where: { file: path, parameter: 'data.label' } })
  }
  if (classes.length > mostClasses) {
    throw new UnrollError('dataset.classes', `The ${count.toLocaleString('en')} records of ${name} have ${classes.length.toLocaleString('en')} different classes; up to ${mostClasses.toLocaleString('en')} are sensible.`, { hint: 'Name a column with classes as data.label; a column with sequences belongs in data.output.', where: { file: path, parameter: 'data.label' } })
  }
}

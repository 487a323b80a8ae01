import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'

export const emptyFile = (path: string) =>
  new UnrollError('dataset.empty', `${basename(path)} is empty; there is nothing to learn from.`, { hint: 'Choose a file with data in it.', where: { file: path, line: 1, column: 1 } })

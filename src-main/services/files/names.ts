import { randomBytes } from 'node:crypto'

/** A folder's name: what the user called it, made plain, and four characters that keep two of one name apart. */
export function newId(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60).replace(/-+$/, '')
  return `${plain || 'item'}-${randomBytes(3).toString('hex')}`
}

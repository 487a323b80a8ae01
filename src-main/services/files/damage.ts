import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import type { Damaged } from '@shared/rpc/schemas'

/** A file that isn't what Unroll wrote, in a sentence. */
export function unreadable(code: string, file: string, cause: unknown, hint: string): UnrollError {
  return new UnrollError(code, `${file} can't be read: ${inWords(cause)}.`, { hint, where: { file }, cause })
}

/** What was wrong with a file, in a part of a sentence. */
function inWords(cause: unknown): string {
  if (cause instanceof z.ZodError) {
    const [issue] = cause.issues
    return issue === undefined ? 'it isn\'t what Unroll writes' : `${issue.path.length === 0 ? 'it' : `"${issue.path.join('.')}"`} isn't what Unroll writes (${issue.message})`
  }
  const message = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\p{Cc}+/gu, '').replace(/\.$/, '')
  return cause instanceof SyntaxError ? `it isn't whole (${message})` : message
}

/** What is wrong with the folders of a home that can't be read. One of them doesn't keep the others from being used. */
export class DamagedFolders {
  private readonly found = new Map<string, { name: string; error: UnrollError }>()

  list(): Damaged[] {
    return [...this.found].map(([id, { name, error: { code, message, hint } }]) => ({ id, name, error: { code, message, ...(hint !== undefined && { hint }) } }))
  }

  has(id: string): boolean { return this.found.has(id) }

  add(id: string, name: string, error: unknown): void { this.found.set(id, { name, error: UnrollError.from(error) }) }

  delete(id: string): void { this.found.delete(id) }

  /** @throws UnrollError what is wrong with this one, where anything is */
  expectWhole(id: string): void {
    const damage = this.found.get(id)
    if (damage !== undefined) throw damage.error
  }
}

import { join } from 'node:path'
import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import { savedPatternSchema, type NewPattern, type SavedPattern } from '@shared/rpc/inspect-store-schemas'
import { readJson, writeJson } from '../files/atomic'
import { newId } from '../files/names'

/** Patterns of units that somebody kept with a note: patterns.json of a run folder, newest first. */
export class Patterns {
  private readonly file: string

  constructor(folder: string) { this.file = join(folder, 'patterns.json') }

  /** @throws UnrollError `run.unreadable` */
  async list(): Promise<SavedPattern[]> {
    const found = z.array(savedPatternSchema).nullable().safeParse(await readJson(this.file).catch(() => undefined))
    if (found.success) return found.data ?? []
    throw new UnrollError('run.unreadable', `${this.file} isn't what Unroll writes.`, { hint: 'Restore it from a copy, or move it away to begin anew.', where: { file: this.file } })
  }

  async save(pattern: NewPattern): Promise<SavedPattern> {
    const saved = { ...pattern, id: newId('pattern'), created: new Date().toISOString() }
    await writeJson(this.file, [saved, ...await this.list()])
    return saved
  }

  /** @throws UnrollError `inspect.no-pattern` */
  async update(id: string, note: string): Promise<SavedPattern> {
    const all = await this.list()
    const found = all.find((each) => each.id === id)
    if (!found) throw new UnrollError('inspect.no-pattern', `There is no pattern "${id}" any more.`)
    found.note = note
    await writeJson(this.file, all)
    return found
  }

  async remove(id: string): Promise<void> {
    await writeJson(this.file, (await this.list()).filter((each) => each.id !== id))
  }
}

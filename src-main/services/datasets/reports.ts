import type { Report, ReportKind, ReportOf } from '@shared/rpc/schemas'
import type { SourceReport } from '../../data/report/report-log'

export interface ReportQuestion { from: number; count: number; kind: ReportKind | null; find: string }

/** Reports asked for page by page: the last one is kept, so that only the first page waits for the source to be read. */
export class Reports {
  private last: { key: string; report: Promise<SourceReport> } | null = null

  constructor(private readonly make: (of: ReportOf) => Promise<SourceReport>) {}

  /** @param version changes whenever the answer may */
  async page(of: ReportOf, version: string, { from, count, kind, find }: ReportQuestion): Promise<Report> {
    const key = JSON.stringify([of, version])
    if (this.last?.key !== key) {
      const report = this.make(of)
      this.last = { key, report }
      // A failed look isn't remembered.
      report.catch(() => { if (this.last?.report === report) this.last = null })
    }
    const { read, used, unit, counts, rows } = await this.last.report
    const wanted = find.trim().toLowerCase()
    const matching = kind === null && wanted === '' ? rows : rows.filter((row) => (kind === null || row.kind === kind)
      && (wanted === '' || [row.file, row.line, row.place, row.wrong, row.done].some((cell) => cell !== null && String(cell).toLowerCase().includes(wanted))))
    return {
      read, used, unit, counts, total: matching.length, complete: rows.length === counts.reduce((sum, each) => sum + each.count, 0),
      rows: matching.slice(from, from + count),
    }
  }
}

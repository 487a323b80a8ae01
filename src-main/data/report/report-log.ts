import type { ReportKind, ReportRow } from '@shared/rpc/schemas'

/** Rows that are kept; all are counted. */
export const mostRows = 200_000

/** What of a source was read, repaired and left out. */
export interface SourceReport {
  read: number
  used: number
  unit: string
  counts: { kind: ReportKind; count: number }[]
  rows: ReportRow[]
}

/** Gathers a report row by row. */
export class ReportLog {
  readonly rows: ReportRow[] = []
  private readonly counted = new Map<ReportKind, number>()

  add(kind: ReportKind, row: Partial<Omit<ReportRow, 'kind'>> & Pick<ReportRow, 'wrong' | 'done'>): void {
    this.count(kind)
    if (this.rows.length < mostRows) this.rows.push({ kind, file: null, line: null, place: null, ...row })
  }

  count(kind: ReportKind, times = 1): void { if (times > 0) this.counted.set(kind, (this.counted.get(kind) ?? 0) + times) }

  report(unit: string, read: number, used: number): SourceReport {
    return { unit, read, used, counts: [...this.counted].map(([kind, count]) => ({ kind, count })), rows: this.rows }
  }
}

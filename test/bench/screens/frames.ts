import { writeFile } from 'node:fs/promises'
import type { CDPSession, Page } from 'playwright-core'
import type { MachineStalls } from './stalls'

/** What one stretch of frames was like. */
export interface FrameFigures {
  frames: number
  perSecond: number
  medianMs: number
  p99Ms: number
  worstMs: number
  over50: number
  /** Of those, frames during which the machine stood still for all. */
  stalled?: number
  /** Longest script of the frames over 50 ms: what the app itself has to answer for. */
  worstScriptMs: number
  worstScript: string
  /** Shares of the time that the page's main thread was busy. */
  scriptShare: number
  layoutShare: number
  /** Scripts, style, layout, paint and software rasterising on the main thread together. */
  busyShare: number
}

/** Records the distances between animation frames in the page while `work` runs, after a second of settling. */
export async function framesDuring(page: Page, work: () => Promise<void>, stalls?: MachineStalls): Promise<FrameFigures> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await page.waitForTimeout(1000)
  await page.evaluate(() => {
    const record = { times: [] as number[], scripts: [] as { ms: number; what: string }[], on: true }
    const frame = (now: number) => {
      record.times.push(now)
      if (record.on) requestAnimationFrame(frame)
    }
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { scripts: { duration: number; invoker: string; sourceFunctionName: string }[] })[]) {
        for (const { duration, invoker, sourceFunctionName } of entry.scripts) record.scripts.push({ ms: duration, what: `${sourceFunctionName} ${invoker}` })
      }
    })
    observer.observe({ type: 'long-animation-frame' })
    Object.assign(window, { benchFrames: record })
    requestAnimationFrame(frame)
  })
  const before = await counters()
  await profiled(session, work)
  const after = await counters()
  const { times, scripts, origin } = await page.evaluate(() => {
    const record = (window as unknown as { benchFrames: { times: number[]; scripts: { ms: number; what: string }[]; on: boolean } }).benchFrames
    record.on = false
    return { ...record, origin: performance.timeOrigin }
  })
  await session.detach()
  const gaps = times.slice(1).map((time, index) => time - times[index]!).sort((a, b) => a - b)
  const at = (share: number) => gaps[Math.min(gaps.length - 1, Math.floor(share * gaps.length))] ?? NaN
  const seconds = (times.at(-1)! - times[0]!) / 1000
  const worst = scripts.sort((a, b) => b.ms - a.ms)[0]
  const share = (name: string) => round((after[name]! - before[name]!) / (after['Timestamp']! - before['Timestamp']!), 3)
  return {
    frames: gaps.length, perSecond: round(gaps.length / seconds, 1), medianMs: round(at(0.5), 1), p99Ms: round(at(0.99), 1), worstMs: round(gaps.at(-1) ?? NaN, 1),
    over50: gaps.filter((gap) => gap > 50.5).length,
    ...(stalls && { stalled: times.slice(1).filter((time, index) => time - times[index]! > 50.5 && stalls.between(origin + times[index]!, origin + time)).length }),
    worstScriptMs: round(worst?.ms ?? 0, 1), worstScript: worst?.what ?? 'none over 50 ms a frame',
    scriptShare: share('ScriptDuration'), layoutShare: round(share('LayoutDuration') + share('RecalcStyleDuration'), 3), busyShare: share('TaskDuration'),
  }

  async function counters(): Promise<Record<string, number>> {
    const { metrics } = await session.send('Performance.getMetrics')
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
  }
}

let stretch = 0

/** With UNROLL_BENCH_PROFILE naming a file, keeps CPU profiles of the page's scripts in it, numbered by stretch. */
async function profiled(session: CDPSession, work: () => Promise<void>): Promise<void> {
  const file = process.env['UNROLL_BENCH_PROFILE']
  if (!file) return work()
  await session.send('Profiler.enable')
  await session.send('Profiler.start')
  await work()
  const { profile } = await session.send('Profiler.stop')
  await writeFile(`${file}.${stretch++}`, JSON.stringify(profile))
}

/** A page that draws nothing: what the machine, the browser and the rasteriser cost by themselves. */
export async function emptyFrames(page: Page, seconds = 5): Promise<FrameFigures> {
  return framesDuring(page, () => page.waitForTimeout(seconds * 1000))
}

export const round = (value: number, digits: number): number => Number(value.toFixed(digits))

// Declares what the preload gives to the window.
import type {} from '@renderer/rpc/connect'
import type { Page } from 'playwright-core'

export interface RawAnswer {
  r?: unknown
  e?: { code: string; message: string }
}

/** Asks for a port of its own as the workbench does, and posts one message over it, past the workbench's client. */
export function askOverPort(page: Page, method: string, params: unknown): Promise<RawAnswer> {
  return page.evaluate(({ method, params }) => new Promise<RawAnswer>((resolve) => {
    window.addEventListener('message', ({ data, ports: [port] }) => {
      if (data !== 'unroll.port' || !port) return
      port.onmessage = (event) => {
        if (event.data.i !== 'raw') return
        resolve({ r: event.data.r, e: event.data.e })
        port.close()
      }
      port.postMessage({ t: 'q', i: 'raw', m: method, a: [params] })
    }, { once: true })
    window.unroll!.connect()
  }), { method, params })
}

/** Hands a file on this disk to the page as a file dialog or a drop would, and registers it. */
export async function registerFromDisk(page: Page, path: string): Promise<unknown> {
  await page.evaluate(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.id = 'spec-file'
    document.body.append(input)
  })
  await page.setInputFiles('#spec-file', path)
  return page.evaluate(async () => {
    const input = document.querySelector<HTMLInputElement>('#spec-file')!
    const answer = await window.unroll!.registerFile(input.files![0]!)
    input.remove()
    return answer
  })
}

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Emit, Handlers } from '@shared/rpc/contract'
import { DataDesk } from './datasets/data-desk'
import { DatasetsService } from './datasets/datasets-service'
import { DatasetStore } from './datasets/dataset-store'
import { Samples } from './datasets/samples'
import { makeFolder } from './files/atomic'
import { FileTokens } from './files/file-tokens'
import { HandedOver } from './files/handed-over'
import { takeLock, type Lock } from './files/lock'
import { Trash } from './files/trash'
import type { HostCapabilities, Services } from './host-capabilities'
import { InspectService } from './inspect/inspect-service'
import { ComputeDesk } from './models/compute-desk'
import { ModelsService } from './models/models-service'
import { RunModels } from './models/run-models'
import { RunsService } from './runs/runs-service'

/**
 * Everything behind the contract, on one home folder, for whichever host.
 * @throws UnrollError `folder.in-use` when another Unroll holds the home
 */
export async function createServices(host: HostCapabilities): Promise<Services> {
  await makeFolder(host.home)
  const lock = await takeLock(join(host.home, '.lock'), `the folder ${host.home}`)
  try {
    return await open(host, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function open(host: HostCapabilities, lock: Lock): Promise<Services> {
  const listeners = new Set<Emit>()
  const emit: Emit = (event, payload) => { for (const listener of listeners) listener(event, payload) }
  const trash = new Trash(join(host.home, '.trash'))
  await trash.empty()
  const files = new FileTokens()
  const handedOver = new HandedOver(join(host.home, '.handed-over'), files)
  await handedOver.empty()
  const samples = new Samples(host.samples)
  const desk = new DataDesk(host, emit)
  const compute = new ComputeDesk(host)
  const datasets = new DatasetsService(await DatasetStore.open(join(host.home, 'datasets'), trash), desk, files, samples, host.home)
  const runs = await RunsService.open(host, join(host.home, 'runs'), datasets, trash, emit)
  const runModels = new RunModels(runs, datasets, desk)
  const inspect = new InspectService(runModels, host, emit)
  const models = new ModelsService(runs, runModels, compute, files, join(host.home, 'exports'))

  const handlers: Handlers = {
    'app.info': async () => ({
      version: host.version, host: host.kind === 'desktop' ? 'desktop' : 'serve', platform: `${process.platform} ${process.arch}`,
      home: host.home, cores: availableParallelism(), gpu: await host.probeGpu(),
    }),
    'samples.list': () => samples.list(),
    'files.pick': async ({ title, folder }) => {
      const path = await host.pickFile?.(title, folder) ?? null
      return path === null ? null : files.grant(path)
    },
    'files.fromText': ({ name, text }) => handedOver.text(name, text),
    'files.bundle': ({ name, files: bundled }) => handedOver.bundle(name, bundled),
    'files.save': async ({ token, fileName }) => await host.saveFile?.(files.require(token), fileName) ?? false,
    'datasets.list': async () => datasets.list(),
    'datasets.damaged': async () => datasets.damaged(),
    'datasets.recheck': ({ id }) => datasets.recheck(id),
    'datasets.get': ({ id }) => datasets.get(id),
    'datasets.preview': ({ file, options }) => datasets.preview(file, options),
    'datasets.import': ({ file, name, options }) => datasets.import(file, name, options),
    'datasets.previewGenerated': ({ data }) => desk.run((client) => client.previewGenerated(data, 1)),
    'datasets.generate': ({ name, data }) => datasets.generate(name, data),
    'datasets.fromSample': ({ sample }) => datasets.fromSample(sample),
    'datasets.audit': ({ id }) => datasets.audit(id),
    'datasets.previewSplit': ({ id, change }) => datasets.previewSplit(id, change),
    'datasets.setSplit': ({ id, change }) => datasets.setSplit(id, change),
    'datasets.report': ({ of, ...question }) => datasets.report(of, question),
    'datasets.readAgain': ({ id, file }) => datasets.readAgain(id, file),
    'datasets.replace': ({ id }) => datasets.replace(id),
    'datasets.putBack': ({ id }) => datasets.putBack(id),
    'datasets.discardAgain': () => done(datasets.discardAgain()),
    'datasets.remove': ({ id }) => done(datasets.remove(id)),
    'datasets.restore': ({ id }) => datasets.restore(id),
    'datasets.cancel': () => done(datasets.cancel()),
    'runs.list': async () => runs.list(),
    'runs.damaged': async () => runs.damaged(),
    'runs.recheck': ({ id }) => runs.recheck(id),
    'runs.get': async ({ id }) => runs.get(id),
    'runs.metrics': ({ id, from }) => runs.metrics(id, from),
    'runs.gradientFlow': ({ id }) => runs.gradientFlow(id),
    'runs.start': ({ datasetId, experiment }) => runs.start(datasetId, experiment),
    'runs.pause': ({ id }) => runs.pause(id),
    'runs.resume': ({ id }) => runs.resume(id),
    'runs.stop': ({ id }) => runs.stop(id),
    'runs.remove': ({ id }) => done(runs.remove(id)),
    'runs.restore': ({ id }) => runs.restore(id),
    'inspect.states': (params) => models.states(params),
    ...inspect.handlers,
    'playground.text': (params) => models.text(params),
    'playground.forecast': (params) => models.forecast(params),
    'playground.backtest': (params) => inspect.backtest(params),
    'playground.adding': (params) => models.adding(params),
    'playground.answer': (params) => models.answer(params),
    'playground.classify': (params) => models.classify(params),
    'playground.example': (params) => models.example(params),
    'playground.record': (params) => models.record(params),
    'export.create': (params) => models.export(params),
  }

  return {
    handlers,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    grantFile: (path, name) => files.grant(path, name),
    pathOf: (token) => files.pathOf(token),
    async close() {
      await runs.close()
      await Promise.all([desk.close(), compute.close(), inspect.close()])
      lock.release()
    },
  }
}

const done = async (work: Promise<void>): Promise<null> => {
  await work
  return null
}

import './styles/base.css'
import { createApp } from 'vue'
import { UnrollError } from '@shared/errors'
import { connect } from './rpc/connect'
import BootError from './shell/BootError.vue'
import { startTheme } from './shell/theme'
import { createWorkbench } from './workbench'

startTheme()
try {
  createWorkbench(await connect()).mount('#app')
} catch (error) {
  createApp(BootError, { error: UnrollError.from(error).toJSON() }).mount('#app')
}

/** Networks as ONNX files. */
export {
  exportOnnx,
  type ExportOnnxOptions,
  writeOnnx,
} from "./export_onnx.ts";

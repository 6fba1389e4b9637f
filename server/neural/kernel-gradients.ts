import type * as Tensorflow from "@tensorflow/tfjs-core";

type Tensor = Tensorflow.Tensor;

/**
 * Derivatives of the kernels that the likelihood uses. The Node build of the core package carries the tape but not the
 * registrations of its derivatives, and the files that hold them cannot be loaded by Node; those already registered (the
 * native build brings its own) are left alone.
 */
export function registerKernelGradients(tf: typeof Tensorflow): void {
  for (const config of kernelGradients(tf)) {
    const known: Tensorflow.GradConfig | undefined = tf.getGradient(config.kernelName);
    if (known === undefined) tf.registerGradient(config);
  }
}

function kernelGradients(tf: typeof Tensorflow): Tensorflow.GradConfig[] {
  /** Sums a derivative over the dimensions along which the input was repeated. */
  const unbroadcast = (value: Tensor, input: Tensor, output: Tensor): Tensor => {
    const axes = tf.broadcast_util.getReductionAxes(input.shape, output.shape);
    return tf.reshape(axes.length > 0 ? tf.sum(value, axes) : value, input.shape);
  };
  const single = (dy: Tensor | Tensor[]): Tensor => (Array.isArray(dy) ? dy[0]! : dy);
  return [
    {
      kernelName: "Add",
      inputsToSave: ["a", "b"],
      gradFunc: (dy, saved) => ({
        a: () => unbroadcast(single(dy), saved[0]!, single(dy)),
        b: () => unbroadcast(single(dy), saved[1]!, single(dy)),
      }),
    },
    {
      kernelName: "Sub",
      inputsToSave: ["a", "b"],
      gradFunc: (dy, saved) => ({
        a: () => unbroadcast(single(dy), saved[0]!, single(dy)),
        b: () => unbroadcast(tf.neg(single(dy)), saved[1]!, single(dy)),
      }),
    },
    {
      kernelName: "Multiply",
      inputsToSave: ["a", "b"],
      gradFunc: (dy, saved) => ({
        a: () => unbroadcast(tf.mul(single(dy), saved[1]!), saved[0]!, single(dy)),
        b: () => unbroadcast(tf.mul(single(dy), saved[0]!), saved[1]!, single(dy)),
      }),
    },
    {
      kernelName: "Exp",
      outputsToSave: [true],
      gradFunc: (dy, saved) => ({ x: () => tf.mul(single(dy), saved[0]!) }),
    },
    {
      kernelName: "Relu",
      inputsToSave: ["x"],
      gradFunc: (dy, saved) => ({ x: () => tf.mul(single(dy), tf.step(saved[0]!)) }),
    },
    {
      kernelName: "Reshape",
      inputsToSave: ["x"],
      gradFunc: (dy, saved) => ({ x: () => tf.reshape(single(dy), saved[0]!.shape) }),
    },
    {
      kernelName: "ClipByValue",
      inputsToSave: ["x"],
      gradFunc: (dy, saved, attributes) => {
        const x = saved[0]!;
        const least = Number(attributes.clipValueMin);
        const most = Number(attributes.clipValueMax);
        return {
          x: () =>
            tf.where(
              tf.logicalAnd(tf.greaterEqual(x, least), tf.lessEqual(x, most)),
              single(dy),
              tf.zerosLike(single(dy)),
            ),
        };
      },
    },
    {
      kernelName: "Sum",
      inputsToSave: ["x"],
      gradFunc: (dy, saved, attributes) => {
        const x = saved[0]!;
        const axes = tf.util.parseAxisParam(attributes.axis as number | number[], x.shape);
        const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
        return { x: () => tf.mul(tf.reshape(single(dy), kept), tf.ones(x.shape)) };
      },
    },
    {
      kernelName: "BatchMatMul",
      inputsToSave: ["a", "b"],
      gradFunc: (dy, saved, attributes) => {
        const [a, b] = [saved[0]!, saved[1]!];
        const { transposeA, transposeB } = attributes;
        const product = (left: Tensor, right: Tensor, t: boolean, u: boolean, like: Tensor) =>
          unbroadcastBatch(tf, tf.matMul(left, right, t, u), like);
        const d = single(dy);
        if (transposeA === true && transposeB === true) {
          return { a: () => product(b, d, true, true, a), b: () => product(d, a, true, true, b) };
        }
        if (transposeA === true) {
          return { a: () => product(b, d, false, true, a), b: () => product(a, d, false, false, b) };
        }
        if (transposeB === true) {
          return { a: () => product(d, b, false, false, a), b: () => product(d, a, true, false, b) };
        }
        return { a: () => product(d, b, false, true, a), b: () => product(a, d, true, false, b) };
      },
    },
  ];
}

/** Sums over the batch where one matrix served all of it. */
function unbroadcastBatch(tf: typeof Tensorflow, value: Tensor, like: Tensor): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(like.shape, value.shape);
  return axes.length > 0 ? tf.reshape(tf.sum(value, axes), like.shape) : value;
}

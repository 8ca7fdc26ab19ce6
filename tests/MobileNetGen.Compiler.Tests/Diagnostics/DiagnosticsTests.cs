using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Tests.Diagnostics;

/// <summary>Every mistake the compiler knows: its rule, its place (line, column, end line, end column) and its whole message.</summary>
public class DiagnosticsTests
{
    public static TheoryData<string, string> OneMistake => new()
    {
        {
            "network MobileNetV2\nweights random\naplha 0.5",
            "(3,1,3,6): MBN1001: 'aplha' is not a statement; did you mean 'alpha'?"
        },
        {
            "network MobileNetV2\nweights random\nwidth 0.5",
            "(3,1,3,6): MBN1001: 'width' is not a statement; expected one of activation, alpha, bake, class, classes, detector, divisor, epsilon, fit, head, input, labels, layers, minimum, namespace, network, normalize, output, padding, quantization, resize, resolution, rho, rounding, stack, threads, unknown, weights"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  convolution 32",
            "(4,3,4,14): MBN1001: 'convolution' is not a layer; expected one of add, avgpool, bottleneck, conv, dense, depthwise, flatten, maxpool, multiply, pointwise, separable, sigmoid, softmax"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  pool",
            "(4,3,4,7): MBN1001: 'pool' is not a layer; expected one of add, avgpool, bottleneck, conv, dense, depthwise, flatten, maxpool, multiply, pointwise, separable, sigmoid, softmax"
        },
        {
            "network MobileNetV2\nweights random\n\"alpha\" 0.5",
            "(3,1,3,8): MBN1001: '\"alpha\"' is not a statement; did you mean 'alpha'?"
        },
        {
            "network MobileNetV2\nweights random\nNetwork MobileNetV2",
            "(3,1,3,8): MBN1001: 'Network' is not a statement; did you mean 'network'?"
        },
        {
            "network MobileNetV2\nweights random\nalhpa 0.5",
            "(3,1,3,6): MBN1001: 'alhpa' is not a statement; did you mean 'alpha'?"
        },
        {
            "network MobileNetV2\nweights random\nqantization uint8",
            "(3,1,3,12): MBN1001: 'qantization' is not a statement; did you mean 'quantization'?"
        },
        {
            "network MobileNetV2\nweights random\nresolutoin 160",
            "(3,1,3,11): MBN1001: 'resolutoin' is not a statement; did you mean 'resolution'?"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  botleneck 16 expand 6",
            "(4,3,4,12): MBN1001: 'botleneck' is not a layer; did you mean 'bottleneck'?"
        },
        {
            "network MobileNetV2\nweights random\nlayer",
            "(3,1,3,6): MBN1001: 'layer' is not a statement; did you mean 'layers'?"
        },
        {
            "network MobileNetV2\nweights random\nalpha",
            "(3,1,3,6): MBN1002: 'alpha' needs the width multiplier, for example: alpha 0.5"
        },
        {
            "network MobileNetV2\nweights",
            "(2,1,2,8): MBN1002: 'weights' needs a file name, for example: weights \"network.tflite\", or: weights random"
        },
        {
            "network MobileNetV2\nweights \"a.pth\"\nepsilon",
            "(3,1,3,8): MBN1002: 'epsilon' needs ε, for example: epsilon 0.001"
        },
        {
            "network MobileNetV2\nweights \"a.pth\"\nepsilon 1e-3",
            "(3,9,3,13): MBN1005: '1e-3' is not a number for ε; write for example: epsilon 0.001"
        },
        {
            "network MobileNetV2\nepsilon 0.001",
            "(1,1,1,20): MBN1010: there is no 'weights' statement; add for example: weights \"network.tflite\", or: weights random"
        },
        {
            "network MobileNetV2\nweights random\nunknown",
            "(3,1,3,8): MBN1002: 'unknown' needs what is unknown, for example: unknown below 0.58, or: unknown class \"unknown\""
        },
        {
            "network MobileNetV2\nweights random\nunknown below",
            "(3,1,3,14): MBN1002: 'unknown' needs the least probability of what is known, for example: unknown below 0.58, or: unknown class \"unknown\""
        },
        {
            "network MobileNetV2\nweights random\nunknown below 1",
            "(3,15,3,16): MBN1006: the least probability of what is known is 1; it must be from 0.000001 to 0.999999"
        },
        {
            "network MobileNetV2\nweights random\nunknown above 0.5",
            "(3,9,3,14): MBN1008: 'above' is not what is unknown; expected one of below, class"
        },
        {
            "network MobileNetV2\nweights random\nunknown below half",
            "(3,15,3,19): MBN1005: 'half' is not a number for the least probability of what is known; write for example: unknown below 0.58, or: unknown class \"unknown\""
        },
        {
            "network MobileNetV2\nweights random\nunknown below 0.5 below 0.6",
            "(3,19,3,24): MBN1004: 'below' is already given in line 3; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nlabels \"l.txt\"\nunknown class other",
            "(4,15,4,20): MBN1005: 'other' is not the name of a class in double quotes; write for example: unknown below 0.58, or: unknown class \"unknown\""
        },
        {
            "network MobileNetV2\nweights random\nunknown class \"other\"",
            "(3,1,3,22): MBN1013: 'class' has no meaning without names of classes; name them with 'labels', or remove it"
        },
        {
            "network MobileNetV2\nweights random\nunknown below 0.5\nhead\n  avgpool",
            "(3,1,3,18): MBN1013: 'unknown' has no meaning in a network that does not end in probabilities of classes; end it in 'softmax' or 'sigmoid', or remove the statement"
        },
        {
            "network SSDMobileNetV1\nclasses 5\nweights random\nunknown below 0.5",
            "(4,1,4,18): MBN1013: 'unknown' has no meaning in a network that does not end in probabilities of classes; end it in 'softmax' or 'sigmoid', or remove the statement"
        },
        {
            "network MobileNetV2\nweights random\nnormalize std 1",
            "(3,1,3,16): MBN1002: 'normalize' needs 'mean' and its numbers, for example: normalize mean 127.5 std 127.5"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 1 as\n",
            "(4,3,4,21): MBN1002: 'conv' needs a name after 'as', for example: conv 32 kernel 3 stride 2"
        },
        {
            "network\nweights random",
            "(1,1,1,8): MBN1002: 'network' needs a name, for example: network MobileNetV2"
        },
        {
            "network MobileNetV2\nweights random\nnormalize mean 1 std",
            "(3,1,3,21): MBN1002: 'normalize' needs std, for example: normalize mean 127.5 std 127.5"
        },
        {
            "network MobileNetV2\nweights random 42 43",
            "(2,19,2,21): MBN1003: '43' is not understood after 'weights'; write for example: weights \"network.tflite\", or: weights random"
        },
        {
            "network MobileNetV2\nweights random\nstack 640 KiB",
            "(3,11,3,14): MBN1003: 'KiB' is not understood after 'stack'; write for example: stack 640KiB"
        },
        {
            "network MobileNetV2\nweights random\nlayers 2",
            "(3,8,3,9): MBN1003: '2' is not understood after 'layers'; what a block holds stands on the lines below it"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool kernel 7",
            "(4,11,4,17): MBN1003: 'kernel' is not understood after 'avgpool'; avgpool takes as, from"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool \"x\"",
            "(4,11,4,14): MBN1003: '\"x\"' is not understood after 'avgpool'; avgpool takes as, from"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 32 kernel 3 strid 2",
            "(4,20,4,25): MBN1003: 'strid' is not understood after 'conv'; conv takes kernel, stride, repeat, relu6, relu, hswish, hsigmoid, linear, widen-only, fixed, truncated, as, from"
        },
        {
            "network MobileNetV2\nweights random\nalpha 0.5\nalpha 0.75",
            "(4,1,4,6): MBN1004: 'alpha' is already given in line 3; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nhead\nhead",
            "(4,1,4,5): MBN1004: 'head' is already given in line 3; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nalpha 0.5 0.75 0.50",
            "(3,16,3,20): MBN1004: '0.50' is already given in line 3; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 kernel 3",
            "(4,19,4,25): MBN1004: 'kernel' is already given in line 4; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nresolution 160 96 160",
            "(3,19,3,22): MBN1004: '160' is already given in line 3; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nrho 1 2/2",
            "(3,7,3,10): MBN1004: '2/2' is already given in line 3; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nalpha half",
            "(3,7,3,11): MBN1005: 'half' is not a number for the width multiplier; write for example: alpha 0.5"
        },
        {
            "network MobileNetV2\nweights network.tflite",
            "(2,9,2,23): MBN1005: 'network.tflite' is not a file name in double quotes; write for example: weights \"network.tflite\", or: weights random"
        },
        {
            "network MobileNetV2\nweights \"\"",
            "(2,9,2,11): MBN1005: '\"\"' is not a file name in double quotes; write for example: weights \"network.tflite\", or: weights random"
        },
        {
            "network MobileNetV2\nweights random\nresolution 160x160x3",
            "(3,12,3,21): MBN1005: '160x160x3' is not a side, or height x width; write for example: resolution 160, or: resolution 192x256"
        },
        {
            "network MobileNetV2\nweights random\nrho 5:7",
            "(3,5,3,8): MBN1005: '5:7' is not a resolution multiplier; write for example: rho 5/7"
        },
        {
            "network MobileNetV2\nweights random\nstack 640KB",
            "(3,7,3,12): MBN1005: '640KB' is not a size in B, KiB or MiB; write for example: stack 640KiB"
        },
        {
            "network MobileNetV2\nweights random\nclasses 10.5",
            "(3,9,3,13): MBN1005: '10.5' is not a whole number for the number of classes; write for example: classes 1001"
        },
        {
            "network MobileNetV2\nweights random\nnormalize mean 1 2 std 1 2",
            "(3,1,3,27): MBN1005: 'normalize mean 1 2 std 1 2' is not one number, or 3, for mean and for std; write for example: normalize mean 127.5 std 127.5"
        },
        {
            "network MobileNetV2\nweights random\nnormalize mean x std 1",
            "(3,16,3,17): MBN1005: 'x' is not a number for mean; write for example: normalize mean 127.5 std 127.5"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 4",
            "(4,3,4,18): MBN1005: 'kernel 4' is not an odd kernel, which alone can be centred on a pixel; write for example: conv 32 kernel 3 stride 2"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  dense many",
            "(5,9,5,13): MBN1005: 'many' is not a whole number for the number of outputs; write for example: dense classes"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool from \"input\"",
            "(4,16,4,23): MBN1005: '\"input\"' is not the name of a layer after 'from'; write for example: avgpool"
        },
        {
            "\uFEFF# V2\r\n\tnetwork\tMobileNetV2 # name\r\nweights random\r\n\r\nalpha\t 0,5\r\n",
            "(5,8,5,11): MBN1005: '0,5' is not a number for the width multiplier; write for example: alpha 0.5"
        },
        {
            "network MobileNetV2\rweights random\ralpha x",
            "(3,7,3,8): MBN1005: 'x' is not a number for the width multiplier; write for example: alpha 0.5"
        },
        {
            "network MobileNetV2\nweights random\nrho 1/0",
            "(3,5,3,8): MBN1005: '1/0' is not a resolution multiplier; write for example: rho 5/7"
        },
        {
            "network MobileNetV2\nweights random\nalpha 0",
            "(3,7,3,8): MBN1006: the width multiplier is 0; it must be from 0.01 to 8"
        },
        {
            "network MobileNetV2\nweights random\nresolution 9000",
            "(3,12,3,16): MBN1006: the resolution is 9000; it must be from 1 to 8192"
        },
        {
            "network MobileNetV2\nweights random\nrho 100",
            "(3,5,3,8): MBN1006: rho is 100; it must be from 1/224 to 8192/224"
        },
        {
            "network MobileNetV2\nweights random\nstack 65MiB",
            "(3,7,3,12): MBN1006: the stack budget is 65MiB; it must be from 0 to 64MiB"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 100000 kernel 3",
            "(4,8,4,14): MBN1006: the number of channels is 100000; it must be from 1 to 65536"
        },
        {
            "network MobileNetV2\nweights random\nalpha -1",
            "(3,7,3,9): MBN1006: the width multiplier is -1; it must be from 0.01 to 8"
        },
        {
            "network MobileNetV2\nweights random\nclasses 0",
            "(3,9,3,10): MBN1006: the number of classes is 0; it must be from 1 to 1000000"
        },
        {
            "network MobileNetV2\nweights random -1",
            "(2,16,2,18): MBN1006: the seed is -1; it must be from 0 to 2147483647"
        },
        {
            "network MobileNetV2\nweights random\nresolution 160x0",
            "(3,12,3,17): MBN1006: the resolution is 160x0; it must be from 1 to 8192"
        },
        {
            "network MobileNetV2\nweights random\nnormalize mean 0 std 0",
            "(3,22,3,23): MBN1006: std is 0; it must be from 0.0001 to 1000"
        },
        {
            "network MobileNetV2\nweights \"a.pth\"\nepsilon 0",
            "(3,9,3,10): MBN1006: ε is 0; it must be from 0.000000000001 to 1"
        },
        {
            "network MobileNetV2\nweights \"a.pth\"\nepsilon 1.5",
            "(3,9,3,12): MBN1006: ε is 1.5; it must be from 0.000000000001 to 1"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  dense 0",
            "(5,9,5,10): MBN1006: the number of outputs is 0; it must be from 1 to 1000000"
        },
        {
            "network MobileNetV2\nweights \"a.tflite",
            "(2,9,2,18): MBN1007: the closing quote '\"' is missing on this line"
        },
        {
            "network MobileNetV2\nweights random\ninput bgra",
            "(3,7,3,11): MBN1008: 'bgra' is not a channel order; expected one of rgb, bgr, grey"
        },
        {
            "network MobileNetV2\nweights random\nactivation swish",
            "(3,12,3,17): MBN1008: 'swish' is not an activation; expected one of relu6, relu, hswish, hsigmoid"
        },
        {
            "network MobileNetV2\nweights random\nquantization int8 io int4",
            "(3,22,3,26): MBN1008: 'int4' is not a type for input and output; expected one of float32, uint8, int8"
        },
        {
            "network MobileNetV3\nweights random",
            "(1,9,1,20): MBN1009: 'MobileNetV3' is not a built-in network (MobileNetEdgeTPU, MobileNetV1, MobileNetV2, MobileNetV3Large, MobileNetV3LargeMinimalistic, MobileNetV3Small, MobileNetV3SmallMinimalistic, SSDLiteMobileNetV1, SSDLiteMobileNetV2, SSDLiteMobileNetV3Large, SSDMobileNetV1, SSDMobileNetV2) and this file has no 'layers' block; correct the name or describe the layers"
        },
        {
            "weights random",
            "(1,1,1,1): MBN1010: there is no 'network' statement; add for example: network MobileNetV2"
        },
        {
            "network MobileNetV2",
            "(1,1,1,20): MBN1010: there is no 'weights' statement; add for example: weights \"network.tflite\", or: weights random"
        },
        {
            "network Mine\nweights random\nlayers\n  conv 8 kernel 3",
            "(1,1,1,13): MBN1010: there is no 'resolution' statement; add for example: resolution 160"
        },
        {
            "network Mine\nweights random\nresolution 32\nlayers\n  conv 8 kernel 3\nhead\n  avgpool\n  dense classes",
            "(8,9,8,16): MBN1010: there is no 'classes' statement; add for example: classes 1001"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 relu linear",
            "(4,24,4,30): MBN1011: 'relu' and 'linear' both say what the activation is; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 fixed widen-only",
            "(4,25,4,35): MBN1011: 'fixed' and 'widen-only' both say how the channels follow alpha; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nresolution 160\nrho 5/7",
            "(4,1,4,8): MBN1011: 'resolution' and 'rho' both say how large the input is; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nconv 32 kernel 3",
            "(3,1,3,5): MBN1012: the layer 'conv' stands in no block; write 'layers' or 'head' on a line above it"
        },
        {
            "network MobileNetV2\nweights random\nnormalize mean 0 std 1\nquantization uint8",
            "(3,1,3,23): MBN1013: 'normalize' has no meaning where the input is quantised; the input's scale and zero point hold the normalisation; remove the statement"
        },
        {
            "network MobileNetV2\nweights random\nrounding twice",
            "(3,1,3,15): MBN1013: 'rounding' has no meaning unless the quantization is int8; uint8 always rounds twice; remove the statement"
        },
        {
            "network MobileNetV2\nweights random 3\nepsilon 0.001",
            "(3,1,3,14): MBN1013: 'epsilon' has no meaning with random weights; they have no batch normalisation; remove the statement"
        },
        {
            "network MobileNetV2\nweights random\nquantization int8 io uint8 real",
            "(3,28,3,32): MBN1008: 'real' is not a type for the output; expected one of float32, uint8, int8"
        },
        {
            "network MobileNetV2\nweights random\nquantization int8 io uint8 float32 int8",
            "(3,36,3,40): MBN1003: 'int8' is not understood after 'quantization'; write for example: quantization uint8"
        },
        {
            "network MobileNetV2\nweights random\nquantization float32 io float32 uint8",
            "(3,33,3,38): MBN1013: 'io uint8' has no meaning in a float32 network; remove it, or write: quantization int8 io uint8"
        },
        {
            "network MobileNetV2\nweights random\nquantization int8 io uint8 float32\nnormalize mean 0 std 1",
            "(4,1,4,23): MBN1013: 'normalize' has no meaning where the input is quantised; the input's scale and zero point hold the normalisation; remove the statement"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 tanh",
            "(4,19,4,23): MBN1003: 'tanh' is not understood after 'conv'; conv takes kernel, stride, repeat, relu6, relu, hswish, hsigmoid, linear, widen-only, fixed, truncated, as, from"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  dense 4 tanh sigmoid",
            "(5,16,5,23): MBN1011: 'tanh' and 'sigmoid' both say what the activation is; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand 0.5",
            "(4,24,4,27): MBN1006: the expansion is 0.5; it must be from 1 to 64"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand 1/0",
            "(4,24,4,27): MBN1006: the expansion is 1/0; it must be from 1 to 64"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand a/2",
            "(4,24,4,27): MBN1005: 'a/2' is not a number or a fraction for the expansion; write for example: bottleneck 24 expand 6 stride 2 repeat 2"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand to",
            "(4,3,4,26): MBN1002: 'bottleneck' needs the expanded channels, for example: bottleneck 24 expand 6 stride 2 repeat 2"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand to 0",
            "(4,27,4,28): MBN1006: the expanded channels is 0; it must be from 1 to 65536"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand to 2.5",
            "(4,27,4,30): MBN1005: '2.5' is not a whole number for the expanded channels; write for example: bottleneck 24 expand 6 stride 2 repeat 2"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand 4 squeeze",
            "(4,3,4,33): MBN1002: 'bottleneck' needs the squeeze, for example: bottleneck 24 expand 6 stride 2 repeat 2"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand 4 squeeze 2",
            "(4,34,4,35): MBN1006: the squeeze is 2; it must be from 0.015625 to 1"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand 4 squeeze 1/4 squeeze 1/2",
            "(4,38,4,45): MBN1004: 'squeeze' is already given in line 4; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand 4 hswish relu",
            "(4,33,4,37): MBN1011: 'hswish' and 'relu' both say what the activation is; keep one of the two"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 16 kernel 3 squeeze 1/4",
            "(4,20,4,27): MBN1003: 'squeeze' is not understood after 'conv'; conv takes kernel, stride, repeat, relu6, relu, hswish, hsigmoid, linear, widen-only, fixed, truncated, as, from"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 16 kernel 3\n  multiply conv1",
            "(5,3,5,17): MBN1110: cannot multiply 'conv1' (a map of 224×224×16) by 'conv1' (a map of 224×224×16): one must be a map, and the other a vector with a factor for each of its channels"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 16 kernel 3\n  avgpool\n  dense 8\n  multiply conv1",
            "(7,3,7,17): MBN1110: cannot multiply 'dense1' (a vector of 8) by 'conv1' (a map of 224×224×16): one must be a map, and the other a vector with a factor for each of its channels"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 16 kernel 3\n  multiply",
            "(5,3,5,11): MBN1002: 'multiply' needs the name of a layer, for example: multiply excite from expanded"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  dense 4 swish",
            "(5,11,5,16): MBN1003: 'swish' is not understood after 'dense'; dense takes relu6, relu, hswish, hsigmoid, linear, tanh, sigmoid, widen-only, as, from"
        },
        {
            "network MobileNetV2\nweights random\nquantization float32 io uint8",
            "(3,25,3,30): MBN1013: 'io uint8' has no meaning in a float32 network; remove it, or write: quantization int8 io uint8"
        },
        {
            "network MobileNetV2\nweights random\nclass Foo\nalpha 0.5 0.75",
            "(3,1,3,10): MBN1013: 'class' has no meaning for 2 combinations of alpha and resolution; remove it, or give each combination a file of its own"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 repeat 2 as stem",
            "(4,3,4,35): MBN1013: 'as stem' has no meaning with 'repeat 2'; write the layer that needs a name on a line of its own"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3\n  pointwise 8 as f\n  conv 8 kernel 3 from f stride 2 repeat 3 as g",
            "(6,3,6,48): MBN1013: 'as g' has no meaning with 'repeat 3'; write the layer that needs a name on a line of its own"
        },
        {
            "network MobileNetV2\nweights random\nclass 2Fast",
            "(3,7,3,12): MBN1014: '2Fast' is not a name that C# allows for a class; write for example: class Classifier"
        },
        {
            "network MobileNetV2\nweights random\nnamespace My.class",
            "(3,11,3,19): MBN1014: 'My.class' is not a name that C# allows for a namespace; write for example: namespace My.App"
        },
        {
            "network Mobile-Net\nweights random",
            "(1,9,1,19): MBN1014: 'Mobile-Net' is not a name that C# allows for a network; write for example: network MobileNetV2"
        },
        {
            "network \"MobileNetV2\"\nweights random",
            "(1,9,1,22): MBN1014: '\"MobileNetV2\"' is not a name that C# allows for a network; write for example: network MobileNetV2"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool as _1",
            "(4,14,4,16): MBN1014: '_1' is not a name that C# allows for a layer; write for example: as features"
        },
        {
            "network MobileNetV2\nweights random\nclass \"Birds\"",
            "(3,7,3,14): MBN1014: '\"Birds\"' is not a name that C# allows for a class; write for example: class Classifier"
        },
        {
            "network MobileNetV2\nweights random\nresolution 31",
            "(3,1,3,14): MBN1101: the input is 31×31, but the strides of this network multiply to 32; both sides must be at least 32"
        },
        {
            "network MobileNetV2\nweights random\nresolution 96 16x64",
            "(3,1,3,20): MBN1101: the input is 16×64, but the strides of this network multiply to 32; both sides must be at least 32"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 stride 8 repeat 1\n  conv 8 kernel 3 stride 8\n  conv 8 kernel 3 stride 8",
            "(1,1,1,20): MBN1101: the input is 224×224, but the strides of this network multiply to 512; both sides must be at least 512"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3\n  add stem",
            "(5,7,5,11): MBN1102: there is no layer 'stem' above this line; the layers so far are input, conv1"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 from conv9",
            "(4,24,4,29): MBN1102: there is no layer 'conv9' above this line; the layers so far are input"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3\n  conv 8 kernel 3 stride 2\n  add conv1",
            "(6,3,6,12): MBN1103: cannot add 'conv1' (224×224×8) to 'conv2' (112×112×8): height, width and channels must be equal"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 as stem\n  conv 8 kernel 3 as stem",
            "(5,3,5,26): MBN1104: a layer is already named 'stem'; choose another name after 'as'"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 as a_b\n  conv 8 kernel 3 as aB",
            "(5,3,5,24): MBN1104: a layer is already named 'aB'; choose another name after 'as'"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool as input",
            "(4,3,4,19): MBN1104: a layer is already named 'input'; choose another name after 'as'"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  dense classes",
            "(4,3,4,16): MBN1105: 'dense' needs a vector, but its input 'pointwise1' is a map of 7×7×1280; put avgpool, maxpool or flatten above it"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  avgpool",
            "(5,3,5,10): MBN1105: 'avgpool' needs a feature map, but its input 'avgpool1' is a vector of 1280; move it above avgpool"
        },
        {
            // A map, even of one pixel, may have a halo around it, which a vector never has.
            "network Pixel\nweights random\nresolution 3\nlayers\n  conv 5 kernel 3 stride 3 as pixel\n  depthwise\n  softmax from pixel",
            "(7,3,7,21): MBN1105: 'softmax' needs a vector, but its input 'pixel' is a map of 1×1×5; put avgpool above it"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  softmax\n  softmax",
            "(6,3,6,10): MBN1105: 'softmax' needs a layer's result, but its input 'softmax1' is the network's result; make softmax the last layer"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  conv 8 kernel 3",
            "(5,3,5,18): MBN1105: 'conv' needs a feature map, but its input 'avgpool1' is a vector of 1280; move it above avgpool"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  dense classes\n  softmax\n  dense classes",
            "(7,3,7,16): MBN1105: 'dense' needs a layer's result, but its input 'softmax1' is the network's result; make softmax the last layer"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  dense 1\n  sigmoid\n  dense classes",
            "(7,3,7,16): MBN1105: 'dense' needs a layer's result, but its input 'sigmoid1' is the network's result; make sigmoid the last layer"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  sigmoid",
            "(4,3,4,10): MBN1105: 'sigmoid' needs a vector, but its input 'pointwise1' is a map of 7×7×1280; put avgpool above it"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  maxpool\n  maxpool",
            "(5,3,5,10): MBN1105: 'maxpool' needs a feature map, but its input 'maxpool1' is a vector of 1280; move it above maxpool"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  flatten\n  dense 8 tanh\n  flatten",
            "(6,3,6,10): MBN1105: 'flatten' needs a feature map, but its input 'dense1_tanh' is a vector of 8; move it above flatten"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  flatten\n  softmax",
            "(5,3,5,10): MBN1105: 'softmax' needs the result of another layer, but its input 'flatten1' is a flattened map, which only dense layers read; put a dense layer between them"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  flatten as all\n  dense 4\n  sigmoid from all",
            "(6,3,6,19): MBN1105: 'sigmoid' needs the result of another layer, but its input 'all' is a flattened map, which only dense layers read; put a dense layer between them"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  dense 8 tanh as a\n  dense 8 as a_tanh",
            "(6,3,6,20): MBN1104: a layer is already named 'a_tanh'; choose another name after 'as'"
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpool\n  dense 1\n  softmax",
            "(6,3,6,10): MBN1108: softmax over the one output of 'dense1' gives 1 for every picture; write 'sigmoid' in its place if that output is to be a probability, or remove it if it is a logit"
        },
        {
            "network N\nresolution 64\nweights random\noutput a b\nlayers\n  conv 8 kernel 3 as a\n  conv 8 kernel 3\nhead\n  avgpool",
            "(4,10,4,11): MBN1109: there is no layer 'b' whose result could be one of the network's; the layers are a, conv1, avgpool1"
        },
        {
            "network N\nresolution 64\nweights random\noutput input\nlayers\n  conv 8 kernel 3 as a\nhead\n  avgpool",
            "(4,8,4,13): MBN1109: there is no layer 'input' whose result could be one of the network's; the layers are a, avgpool1"
        },
        {
            "network N\nresolution 64\nweights random\noutput a\noutput a\nlayers\n  conv 8 kernel 3 as a\nhead\n  avgpool",
            "(5,8,5,9): MBN1004: 'a' is already given in line 4; keep one of the two"
        },
        {
            "network N\nresolution 64\nweights random\noutput a a_add\nlayers\n  conv 8 kernel 3\n  bottleneck 8 expand 2 as a\nhead\n  avgpool",
            "(4,10,4,15): MBN1004: 'a_add' is already given in line 4; keep one of the two"
        },
        {
            "network N\nresolution 64\nweights random\noutput\nlayers\n  conv 8 kernel 3\nhead\n  avgpool",
            "(4,1,4,7): MBN1002: 'output' needs the name of a layer, for example: output bottleneck13"
        },
        {
            "network MobileNetV2\nweights random\nclasses 1",
            "(3,1,3,10): MBN1108: softmax over the one output of 'dense1' gives 1 for every picture; write 'sigmoid' in its place if that output is to be a probability, or remove it if it is a logit"
        },
        {
            "network MobileNetV2\nweights random\nclasses 1\nhead\n  avgpool\n  dense classes\n  softmax",
            "(7,3,7,10): MBN1108: softmax over the one output of 'dense1' gives 1 for every picture; write 'sigmoid' in its place if that output is to be a probability, or remove it if it is a logit"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 8 kernel 3 repeat 1000\n  conv 8 kernel 3 repeat 1000",
            "(5,3,5,30): MBN1106: the network has more than 1024 layers; at most 1024 layers are supported"
        },
        {
            "network MobileNetV2\nweights random\nalpha 1 2 3 4\nresolution 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97",
            "(4,1,4,209): MBN1106: the file has 264 combinations of alpha and resolution; at most 256 are supported"
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv 65536 kernel 3 fixed\n  conv 65536 kernel 3 fixed",
            "(4,3,4,28): MBN1106: conv1 has 3288334336 values; at most 134217728 values are supported"
        },
        {
            "network MobileNetV2\nweights random\nresolution 8192",
            "(1,1,1,20): MBN1106: conv1 has 536870912 values; at most 134217728 values are supported"
        },
        {
            "network MobileNetV2\nweights random\nresolution 2048\nalpha 1.4",
            "(1,1,1,20): MBN1106: bottleneck2_expand has 150994944 values; at most 134217728 values are supported"
        },
        {
            "network MobileNetV2\nweights random\nresolution 4096\nlayers\n conv 16 kernel 3\n conv 8 kernel 3",
            "(5,2,5,18): MBN1106: conv1 has 268435456 values; at most 134217728 values are supported"
        },
        {
            "network MobileNetV2\nweights random\nresolution 4096\ninput grey\nlayers\n  conv 8 kernel 3",
            "(1,1,1,20): MBN1106: MobileNetV2_1_0_4096 has 1073971392 bytes of scratch; at most 1073741824 are supported"
        },
        {
            "network Mine\nweights random\nresolution 64\nalpha 0.25 8\nlayers\n  conv 4000 kernel 1\n  pointwise 3000\n  pointwise 3000\nhead\n  avgpool",
            "(7,3,7,17): MBN1106: pointwise1 has 768000000 values; at most 134217728 values are supported"
        },
        {
            "network Mine\nweights random\nresolution 7000x7000\nlayers\n  conv 1 kernel 3 stride 8\nhead\n  avgpool",
            "(1,1,1,13): MBN1106: the network has 147000000 weights or pixels; at most 134217728 are supported"
        },
        {
            "network MobileNetV2\nweights random\nhead",
            "(1,1,1,20): MBN1107: the network ends in a map of 7×7×1280; end its head with avgpool, dense, sigmoid or softmax"
        },
        {
            "network Mine\nweights random\nresolution 32\nlayers",
            "(1,1,1,13): MBN1107: the network has no layers; add some below 'layers'"
        },
    };

    public static TheoryData<string, string[]> SeveralMistakes => new()
    {
        {
            "",
            [
                "(1,1,1,1): MBN1010: there is no 'network' statement; add for example: network MobileNetV2",
                "(1,1,1,1): MBN1010: there is no 'weights' statement; add for example: weights \"network.tflite\", or: weights random",
            ]
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  conv\n  bottleneck 8\n  conv 8\n",
            [
                "(4,3,4,7): MBN1002: 'conv' needs the number of channels, for example: conv 32 kernel 3 stride 2",
                "(5,3,5,15): MBN1002: 'bottleneck' needs 'expand' and its factor, for example: bottleneck 24 expand 6 stride 2 repeat 2",
                "(6,3,6,9): MBN1002: 'conv' needs 'kernel' and its size, for example: conv 32 kernel 3 stride 2",
            ]
        },
        {
            "network MobileNetV2\nweights \"a.tflite\nalpha 0.5 x 9\nlayers\n  conv 32 kernel 3 stride\n  depthwise 8",
            [
                "(2,9,2,18): MBN1007: the closing quote '\"' is missing on this line",
                "(3,11,3,12): MBN1005: 'x' is not a number for the width multiplier; write for example: alpha 0.5",
                "(3,13,3,14): MBN1006: the width multiplier is 9; it must be from 0.01 to 8",
                "(5,3,5,26): MBN1002: 'conv' needs the stride, for example: conv 32 kernel 3 stride 2",
                "(6,13,6,14): MBN1003: '8' is not understood after 'depthwise'; depthwise takes kernel, stride, multiplier, repeat, relu6, relu, hswish, hsigmoid, linear, as, from",
            ]
        },
        {
            "network MobileNetV2\nweights random\nrho 0\nclasses 99999999999999999999999999999999",
            [
                "(3,5,3,6): MBN1006: rho is 0; it must be from 1/224 to 8192/224",
                "(4,9,4,41): MBN1005: '99999999999999999999999999999999' is not a whole number for the number of classes; write for example: classes 1001",
            ]
        },
        {
            "network MobileNetV2\nweights random\nquantization int8 io\nlabels x",
            [
                "(3,1,3,21): MBN1002: 'quantization' needs a type for input and output, for example: quantization uint8",
                "(4,8,4,9): MBN1005: 'x' is not a file name in double quotes; write for example: labels \"labels.txt\"",
            ]
        },
        {
            "network MobileNetV2\nweights random\nhead\n  avgpol\n  desne classes\n  sofmax",
            [
                "(4,3,4,9): MBN1001: 'avgpol' is not a layer; did you mean 'avgpool'?",
                "(5,3,5,8): MBN1001: 'desne' is not a layer; did you mean 'dense'?",
                "(6,3,6,9): MBN1001: 'sofmax' is not a layer; did you mean 'softmax'?",
            ]
        },
        {
            "network MobileNetV2\nweights random\nlayers\n  bottleneck 16 expand 0\n  depthwise multiplier 257\n  conv 8 kernel 17\n  conv 8 kernel 3 stride 9\n  conv 8 kernel 3 repeat 0",
            [
                "(4,24,4,25): MBN1006: the expansion is 0; it must be from 1 to 64",
                "(5,24,5,27): MBN1006: the multiplier is 257; it must be from 1 to 256",
                "(6,17,6,19): MBN1006: the kernel is 17; it must be from 1 to 15",
                "(7,26,7,27): MBN1006: the stride is 9; it must be from 1 to 8",
                "(8,26,8,27): MBN1006: the number of repetitions is 0; it must be from 1 to 1000",
            ]
        },
        {
            "network MobileNetV2\nweights random\nbake zip\npadding valid\nrounding never\nquantization int4",
            [
                "(3,6,3,9): MBN1008: 'zip' is not a place for weights; expected one of auto, source, resource",
                "(4,9,4,14): MBN1008: 'valid' is not a padding; expected one of same, symmetric",
                "(5,10,5,15): MBN1008: 'never' is not a rounding; expected one of once, twice",
                "(6,14,6,18): MBN1008: 'int4' is not a quantization; expected one of float32, uint8, int8",
            ]
        },
        {
            "network MobileNetV2\nalpha 0.5 x 0\nresolutoin 96\nweights \"v2.tflite\nquantization int4\nlayers\n  conv 32 kernel 3 stride 2\n  depthwise 8\n  bottleneck 8\nhead 3\n  avgpol",
            [
                "(2,11,2,12): MBN1005: 'x' is not a number for the width multiplier; write for example: alpha 0.5",
                "(2,13,2,14): MBN1006: the width multiplier is 0; it must be from 0.01 to 8",
                "(3,1,3,11): MBN1001: 'resolutoin' is not a statement; did you mean 'resolution'?",
                "(4,9,4,19): MBN1007: the closing quote '\"' is missing on this line",
                "(5,14,5,18): MBN1008: 'int4' is not a quantization; expected one of float32, uint8, int8",
                "(8,13,8,14): MBN1003: '8' is not understood after 'depthwise'; depthwise takes kernel, stride, multiplier, repeat, relu6, relu, hswish, hsigmoid, linear, as, from",
                "(9,3,9,15): MBN1002: 'bottleneck' needs 'expand' and its factor, for example: bottleneck 24 expand 6 stride 2 repeat 2",
                "(10,6,10,7): MBN1003: '3' is not understood after 'head'; what a block holds stands on the lines below it",
                "(11,3,11,9): MBN1001: 'avgpol' is not a layer; did you mean 'avgpool'?",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(OneMistake))]
    public void A_mistake_is_reported_once_where_it_stands(string text, string expected) => Assert.Equal([expected], Report(text));

    [Theory]
    [MemberData(nameof(SeveralMistakes))]
    public void All_mistakes_of_a_file_are_reported_in_its_order(string text, string[] expected) => Assert.Equal(expected, Report(text));

    // A duplicate class takes two files to see; the generator reports it.
    [Fact]
    public void Every_rule_of_the_language_is_covered_here()
    {
        IEnumerable<string> covered = OneMistake.Select(row => ((string)row[1]).Split(':')[1].Trim());
        Assert.Equal(
            Rules.All.Select(r => r.Id).Where(id => id.StartsWith("MBN1", StringComparison.Ordinal)).Except([Rules.DuplicateClass.Id]),
            covered.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_with_a_mistake_gives_no_plans() => Assert.Empty(Mbnet.Compile(Compiled.Path, "network MobileNetV2\nweights random\nalpha 0").Plans);

    [Fact]
    public void Mistakes_that_variants_share_are_reported_once()
    {
        const string Text = "network MobileNetV2\nweights random\nalpha 0.5 0.75 1.0\nresolution 96 128\nhead\n  dense classes";
        Assert.Single(Report(Text));
    }

    [Fact]
    public void Diagnostics_print_as_MSBuild_and_editors_read_them()
    {
        Diagnostic diagnostic = Assert.Single(Mbnet.Compile("dir/my net.mbnet", "network MobileNetV2\nweights random\nalpha half").Diagnostics);
        Assert.Equal("dir/my net.mbnet(3,7,3,11): error MBN1005: 'half' is not a number for the width multiplier; write for example: alpha 0.5", diagnostic.ToString());
        Assert.Equal(new TextSpan(41, 4), diagnostic.Span);
    }

    [Fact]
    public void Braces_in_a_file_are_only_text() =>
        Assert.Equal(["(3,7,3,10): MBN1005: '{0}' is not a number for the width multiplier; write for example: alpha 0.5"], Report("network MobileNetV2\nweights random\nalpha {0}"));

    [Fact]
    public void Nobody_reads_more_than_500_mistakes()
    {
        string text = "network MobileNetV2\nweights random\nalpha " + string.Concat(Enumerable.Repeat("x ", 2_000));
        Assert.Equal(500, Mbnet.Compile(Compiled.Path, text).Diagnostics.Count);
    }

    private static IEnumerable<string> Report(string text) =>
        Mbnet.Compile(Compiled.Path, text).Diagnostics.Select(d =>
        {
            Assert.Equal(Severity.Error, d.Rule.Severity);
            return $"({d.Start.Line + 1},{d.Start.Column + 1},{d.End.Line + 1},{d.End.Column + 1}): {d.Rule.Id}: {d.Message}";
        });
}

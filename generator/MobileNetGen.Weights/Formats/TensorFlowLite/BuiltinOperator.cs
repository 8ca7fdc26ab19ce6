using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>What an operator looks like in a file.</summary>
/// <param name="Least">The least number of inputs.</param>
/// <param name="Most">The greatest number of inputs.</param>
/// <param name="Options">Which table of the schema's union its options are; 0 for any, as they have no fields.</param>
/// <param name="Fields">How many fields of the options are understood: they are the first.</param>
/// <param name="NeedsOptions">Whether no options are an error.</param>
internal sealed record OperatorSignature(int Least, int Most, byte Options = 0, int Fields = 0, bool NeedsOptions = false);

/// <summary>The codes of TensorFlow Lite's built-in operators, under the schema's own names, which messages show.</summary>
internal static class BuiltinOperator
{
    public const int Add = 0;
    public const int AveragePool = 1;
    public const int Concatenation = 2;
    public const int Convolution = 3;
    public const int Depthwise = 4;
    public const int Dequantize = 6;
    public const int FullyConnected = 9;
    public const int Logistic = 14;
    public const int MaxPool = 17;
    public const int Mul = 18;
    public const int Relu = 19;
    public const int Relu6 = 21;
    public const int Reshape = 22;
    public const int Softmax = 25;
    public const int Tanh = 28;
    public const int Custom = 32;
    public const int Pad = 34;
    public const int Gather = 36;
    public const int Transpose = 39;
    public const int Mean = 40;
    public const int Sub = 41;
    public const int Div = 42;
    public const int Squeeze = 43;
    public const int StridedSlice = 45;
    public const int Exponential = 47;
    public const int Split = 49;
    public const int Cast = 53;
    public const int Maximum = 55;
    public const int Minimum = 57;
    public const int PadV2 = 60;
    public const int Slice = 65;
    public const int ExpandDims = 70;
    public const int Sum = 74;
    public const int Shape = 77;
    public const int ReduceProd = 81;
    public const int ReduceMax = 82;
    public const int Pack = 83;
    public const int Quantize = 114;
    public const int HardSwish = 117;

    private static readonly string[] s_names = string.Concat(
        "ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED ",
        "HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU ",
        "RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS ",
        "SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE ",
        "MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT ",
        "LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG ",
        "PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE ",
        "EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN ",
        "FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN ",
        "FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE ",
        "MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS WHERE ",
        "RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE ",
        "NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL").Split(' ');

    private static readonly Dictionary<int, OperatorSignature> s_understood = new()
    {
        [Convolution] = new(2, 3, 1, 7, NeedsOptions: true),
        [Depthwise] = new(2, 3, 2, 7, NeedsOptions: true),
        [FullyConnected] = new(2, 3, 8, 5, NeedsOptions: true),
        [Add] = new(2, 2, 11, 2, NeedsOptions: true),
        [Sub] = new(2, 2, 28, 2),
        [Mul] = new(2, 2, 21, 1),
        [Div] = new(2, 2, 29, 1),
        [AveragePool] = new(1, 1, 5, 6, NeedsOptions: true),
        [MaxPool] = new(1, 1, 5, 6, NeedsOptions: true),
        [Mean] = new(2, 2, 27, 1, NeedsOptions: true),
        [Sum] = new(2, 2, 27, 1, NeedsOptions: true),
        [ReduceMax] = new(2, 2, 27, 1, NeedsOptions: true),
        [ReduceProd] = new(2, 2, 27, 1, NeedsOptions: true),
        [Softmax] = new(1, 1, 9, 1, NeedsOptions: true),
        [Logistic] = new(1, 1),
        [HardSwish] = new(1, 1),
        [Tanh] = new(1, 1),
        [Relu] = new(1, 1),
        [Relu6] = new(1, 1),
        [Minimum] = new(2, 2),
        [Maximum] = new(2, 2),
        [Pad] = new(2, 2),
        [PadV2] = new(3, 3),
        [Reshape] = new(1, 2, 17, 1),
        [Squeeze] = new(1, 1, 30, 1),
        [ExpandDims] = new(2, 2),
        [Transpose] = new(2, 2),
        [Cast] = new(1, 1, 37, 2),
        [Quantize] = new(1, 1),
        [Dequantize] = new(1, 1),
        [Shape] = new(1, 1, 55, 1),
        [StridedSlice] = new(4, 4, 32, 6),
        [Pack] = new(1, 8, 59, 2),
        [Concatenation] = new(1, 8, 10, 2),
        [Gather] = new(2, 2, 23, 2),
    };

    /// <summary>The names of what is understood, for messages.</summary>
    public static string Understood { get; } = string.Join(", ", s_understood.Keys.Select(Name));

    /// <summary>The schema's name of a code, or the code itself where it is newer than this list; those are none of a MobileNet's.</summary>
    public static string Name(int code) => code >= 0 && code < s_names.Length ? s_names[code] : $"built-in operator {code}";

    /// <summary>What an operator looks like; null for one that no MobileNet has.</summary>
    public static OperatorSignature? Signature(int code) => s_understood.GetValueOrDefault(code);
}

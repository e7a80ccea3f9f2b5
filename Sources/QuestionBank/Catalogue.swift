package import ExamModel

/// Every family that can be asked, in the order of the topics.
package enum Catalogue {
  package static let families: [any QuestionFamily.Type] = [
    MatrixProduct.self,
    MatrixChain.self,
    Broadcasting.self,
    EinsteinSum.self,
    LinearLayers.self,
    Convolution.self,
    TransposeRules.self,
    EmbeddingShapes.self,
    ReshapeIndex.self,
    RecurrentParameters.self,
    BatchedProduct.self,
    ReceptiveField.self,
    PoolingSizes.self,
    AxisReduction.self,
    SigmoidNeuron.self,
    SymbolicNeuron.self,
    WeightedSkip.self,
    IdentitySkip.self,
    SymbolicSkip.self,
    ScalarGraph.self,
    ReLUNetwork.self,
    LinearLayerGradients.self,
    SoftmaxCrossEntropy.self,
    TanhNetwork.self,
    BatchNormalisation.self,
    BatchNormalisationGradient.self,
    LayerNormalisation.self,
    GradientCheck.self,
    BinaryCrossEntropyLogit.self,
    SignalConvolution.self,
    MaxPooling.self,
    RecurrentGradient.self,
    ResidualChain.self,
    JacobianShape.self,
    VanishingProduct.self,
    AttentionScoreGradient.self,
    SoftmaxValues.self,
    SoftmaxJacobian.self,
    LogSumExp.self,
    SoftmaxTemperature.self,
    SoftmaxInvariance.self,
    BinarySoftmax.self,
    SamplingFilter.self,
    CrossEntropy.self,
    Perplexity.self,
    GaussianDivergence.self,
    MutualInformation.self,
    FocalLoss.self,
    LabelSmoothing.self,
    BinaryCrossEntropy.self,
    BitsPerByte.self,
    SingleQueryAttention.self,
    CausalWeights.self,
    MultiHeadShapes.self,
    AttentionFlops.self,
    GroupedQueries.self,
    RotaryPositions.self,
    SlidingWindow.self,
    ScoreVariance.self,
    CrossAttention.self,
    SinusoidalPositions.self,
    OnlineSoftmax.self,
    SelfAttention.self,
    GradientAccumulation.self,
    OptimizerStep.self,
    LoopOrder.self,
    LearningRateSchedule.self,
    DetachedGradient.self,
    DropoutScaling.self,
    CrossEntropyCall.self,
    GradientClipping.self,
    TokenMeanAccumulation.self,
    StepsPerEpoch.self,
    BugSpotting.self,
    LogisticStep.self,
    ConfusionMetrics.self,
    LinearRegression.self,
    RegressionStep.self,
    RidgeRegression.self,
    NearestNeighbours.self,
    ClusterStep.self,
    TreeGain.self,
    NaiveBayes.self,
    PrincipalComponents.self,
    BiasVariance.self,
    AreaUnderROC.self,
    MulticlassAverages.self,
    SoftThreshold.self,
    ValidationCounts.self,
    KernelValues.self,
    MarginOfSVM.self,
    PerceptronPass.self,
    BoostingWeights.self,
    FeatureScaling.self,
    RegressionMetrics.self,
    MixtureResponsibility.self,
    MaximumLikelihood.self,
    DiscountedReturns.self,
    TemporalDifference.self,
    ValueIteration.self,
    BellmanEvaluation.self,
    PolicyGradient.self,
    EpsilonGreedy.self,
    AdvantageEstimation.self,
    UpperConfidence.self,
    IncrementalMean.self,
    MultiStepReturn.self,
    ExpectedSarsa.self,
    MonteCarloVisits.self,
    ClippedObjective.self,
    PreferenceLoss.self,
    TrainingCompute.self,
    KeyValueCache.self,
    TransformerParameters.self,
    TrainingMemory.self,
    ShardedMemory.self,
    MatmulIntensity.self,
    Roofline.self,
    RingAllReduce.self,
    ParallelLayout.self,
    ModelUtilisation.self,
    PipelineBubble.self,
    ScalingLaw.self,
    ExpertParameters.self,
    QuantisedSize.self,
    LowRankAdapters.self,
    DecodeLatency.self,
    SpeculativeDecoding.self,
    PairMerges.self,
    NGramSmoothing.self,
    TermWeighting.self,
    BleuScore.self,
    RougeScore.self,
    EditDistance.self,
    SkipGramStep.self,
    BeamSearch.self,
    ViterbiPath.self,
    VectorAnalogy.self,
    EntityScores.self,
    WordPieces.self,
    BayesRule.self,
    TruthTable.self,
  ]

  /// - Throws: `SourceError` that names the nearest family, or the versions there are.
  package static func family(
    _ id: FamilyID, version: Int? = nil, file: String = "family", line: Int? = nil
  ) throws(SourceError) -> any QuestionFamily.Type {
    guard let family = families.first(where: { $0.id == id }) else {
      let names = families.map { $0.id.rawValue }
      let near = nearestName(to: id.rawValue, in: names).map { "did you mean \"\($0)\"? " } ?? ""
      throw SourceError(
        file: file, line: line,
        "unknown family \"\(id)\"; \(near)there are \(names.joined(separator: ", "))")
    }
    if let version, version != family.version {
      throw SourceError(
        file: file, line: line,
        "\(id) has version \(family.version), not \(version); write \"\(id)@\(family.version)\"")
    }
    return family
  }

  /// The families of a topic within a range of difficulty, in the catalogue's order.
  package static func families(
    ofTopic topic: String, difficulty: ClosedRange<Int>
  ) -> [any QuestionFamily.Type] {
    families.filter { $0.topic == topic && difficulty.contains($0.difficulty) }
  }

  package static var topics: [String] {
    families.map { $0.topic }.reduce(into: []) { topics, topic in
      if !topics.contains(topic) { topics.append(topic) }
    }
  }
}
